import { REGIONAL, type Locale } from '@/lib/language/locale';
import { sentence, translator } from '@/lib/language/translate';
import { PERMISSIONS, type Permission } from '@/lib/policy/permissions';
import type { Role } from '@/lib/roles/model';

/** What a role is called: a built-in one in the reader's language, another as it was named. */
export function roleLabel(locale: Locale, { builtIn, name }: Pick<Role, 'builtIn' | 'name'>): string {
  return builtIn === null ? name : translator(locale)(`roles.builtIn.${builtIn}`);
}

/** A permission in two or three words, and in a sentence. */
export function permissionWords(locale: Locale, permission: Permission): { label: string; sentence: string } {
  const key = `roles.permissions.${permission.replace('.', '_')}`;
  return { label: sentence(locale, `${key}.label`), sentence: sentence(locale, `${key}.sentence`) };
}

/** « Gérer les comptes, lire le journal et gérer les rôles »; all of them are one word. */
export function permissionList(locale: Locale, permissions: readonly Permission[]): string {
  if (permissions.length === PERMISSIONS.length) return translator(locale)('roles.everything');
  const [first = '', ...others] = permissions.map((permission) => permissionWords(locale, permission).label);
  const lower = (label: string) => label[0]!.toLocaleLowerCase(REGIONAL[locale]) + label.slice(1);
  return new Intl.ListFormat(REGIONAL[locale], { type: 'conjunction' }).format([first, ...others.map(lower)]);
}
