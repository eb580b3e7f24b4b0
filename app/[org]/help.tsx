import { HelpContact } from '@/components/shell/help-contact';
import type { Locale } from '@/lib/language/locale';
import { helpWords } from '@/lib/options/help';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';

/** Whom the people of this organisation can call; nothing where it says nothing. */
export async function Help({ organisation, locale }: { organisation: Organisation; locale: Locale }) {
  const { options } = await settingsOf(organisation);
  return <HelpContact contact={options.helpContact} words={helpWords(locale)} />;
}
