import { buttonClasses } from '@/components/ui/button-classes';
import { PlainForm } from '@/components/ui/plain-form';

export type LanguageFormProps = {
  action: string;
  /** What the server calls the other language, and what browsers call it. */
  language: string;
  lang: string;
  /** Where to come back to. */
  path: string;
  /** The other language, in its own words. */
  label: string;
};

/** The other language, one press away: a form, so that it works without script and leads back to the same page. */
export function LanguageForm({ action, language, lang, path, label }: LanguageFormProps) {
  return (
    <PlainForm action={action} hidden={{ language, path }} className="flex">
      <button type="submit" lang={lang} className={buttonClasses('quiet', false, 'max-sm:px-3')}>
        {label}
      </button>
    </PlainForm>
  );
}
