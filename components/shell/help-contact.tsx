import type { ReactNode } from 'react';
import type { HelpContact as Contact } from '@/lib/options/registry';
import { classNames } from '@/components/ui/class-names';

export type HelpContactWords = {
  /** « Besoin d’aide ? » */
  title: string;
  telephone: string;
  email: string;
  hours: string;
};

export type HelpContactProps = {
  contact: Contact;
  words: HelpContactWords;
  className?: string;
};

/**
 * Whom to call when one can't get in (the option `helpContact`): what the organisation filled in, and nothing at all
 * where it filled in nothing.
 */
export function HelpContact({ contact, words, className }: HelpContactProps) {
  const { name, telephone, email, hours } = contact;
  if (name === '' && telephone === '' && email === '' && hours === '') return null;
  return (
    <section
      aria-label={words.title}
      className={classNames('rounded-field border border-line bg-sunken px-4 py-3', className)}
    >
      <p className="font-semibold">{words.title}</p>
      {name ? <p className="break-words">{name}</p> : null}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
        {telephone ? (
          <Line label={words.telephone}>
            <a href={`tel:${dialled(telephone)}`} className={linkClasses}>
              {telephone}
            </a>
          </Line>
        ) : null}
        {email ? (
          <Line label={words.email}>
            <a href={`mailto:${encodeURIComponent(email)}`} className={linkClasses}>
              {email}
            </a>
          </Line>
        ) : null}
        {hours ? <Line label={words.hours}>{hours}</Line> : null}
      </dl>
    </section>
  );
}

const linkClasses =
  'inline-flex min-h-6 items-center rounded-sm text-accent underline decoration-1 underline-offset-4 hover:text-accent-hover';

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

/** The number alone: what follows it (« poste 12 ») is dialled by the person. */
function dialled(telephone: string): string {
  const number = /^[+\d][\d\s().-]*/.exec(telephone)?.[0] ?? telephone;
  return number.replace(/[^\d+]/g, '');
}
