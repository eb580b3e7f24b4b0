import { NewPasswordField, type NewPasswordValues, type RuleWords } from '@/components/passwords/new-password-field';
import type { PasswordFieldProps } from '@/components/ui/password-field';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import type { PasswordRequirements, PasswordRule } from '@/lib/passwords/rules';

type Chosen = {
  locale: Locale;
  requirements: PasswordRequirements;
  /** Nothing stands there yet that it would have to differ from. */
  first?: boolean;
};

/** The field of a new password with its rules, in plain values: the same wherever one is chosen (AUTH-2). */
export function newPassword({ locale, requirements, first = false }: Chosen): NewPasswordValues {
  const t = translator(locale);
  return {
    label: t('passwords.new'),
    hint: t('passwords.hint'),
    showLabel: t('passwords.show'),
    requirements,
    words: wordsOf(locale, requirements, first),
  };
}

/** The field itself, on a page that is drawn piece by piece. */
export function NewPassword({
  locale,
  requirements,
  first,
  ...field
}: Omit<PasswordFieldProps, 'showLabel' | 'hint' | 'label'> & Chosen) {
  return <NewPasswordField {...field} {...newPassword({ locale, requirements, first })} />;
}

function wordsOf(locale: Locale, { lengthMin, classes, history }: PasswordRequirements, first: boolean): RuleWords {
  const t = translator(locale);
  const texts: Record<PasswordRule, string | null> = {
    length: t('passwords.length', { min: lengthMin }),
    classes: classes === 1 ? null : t(classes === 3 ? 'passwords.threeClasses' : 'passwords.fourClasses'),
    words: t('passwords.words'),
    pattern: t('passwords.pattern'),
  };
  const rules = (['length', 'classes', 'words', 'pattern'] as const).flatMap((rule) => {
    const text = texts[rule];
    return text === null ? [] : [{ rule, text }];
  });
  return {
    title: t('passwords.rules'),
    rules,
    later: first ? t('passwords.laterFirst') : t('passwords.later', { history }),
    met: t('passwords.met'),
    unmet: t('passwords.unmet'),
    contains: t('passwords.contains', { word: '{word}' }),
    progress: Array.from({ length: rules.length + 1 }, (_, met) =>
      t('passwords.progress', { met, all: rules.length, left: rules.length - met }),
    ),
  };
}
