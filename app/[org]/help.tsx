import { HelpContact, type HelpContactProps } from '@/components/shell/help-contact';
import type { Locale } from '@/lib/language/locale';
import { helpWords } from '@/lib/options/help';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';

type Within = { organisation: Organisation; locale: Locale };

/** Whom the people of this organisation can call, in plain values. */
export async function helpOf({ organisation, locale }: Within): Promise<HelpContactProps> {
  const { options } = await settingsOf(organisation);
  return { contact: options.helpContact, words: helpWords(locale) };
}

/** Whom the people of this organisation can call; nothing where it says nothing. */
export async function Help(within: Within) {
  return <HelpContact {...await helpOf(within)} />;
}
