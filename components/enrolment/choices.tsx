import type { ReactNode } from 'react';
import { ChoiceCard } from '@/components/ui/choice-card';
import type { FormAction } from '@/components/ui/form-action';
import { Link } from '@/components/ui/link';
import { SubmitButton } from '@/components/ui/submit-button';

export type Choice = {
  value: string;
  title: string;
  text?: ReactNode;
  badge?: string;
  picture?: ReactNode;
  /** Where to get it: the two stores. */
  links?: Array<{ href: string; label: string }>;
};

/** Methods, telephones or apps to choose from: each card has its own « Choisir », which submits its value. */
export function Choices({
  formAction,
  name,
  choices,
  labels,
  children,
}: {
  formAction: FormAction;
  name: string;
  choices: Choice[];
  labels: { choose: string; pending: string };
  /** Hidden inputs. */
  children?: ReactNode;
}) {
  const recommended = choices.find((choice) => choice.badge)?.value;
  return (
    <form action={formAction} method={typeof formAction === 'string' ? 'post' : undefined}>
      {children}
      <ul className="flex flex-col gap-3">
        {choices.map((choice) => (
          <li key={choice.value}>
            <ChoiceCard
              title={choice.title}
              badge={choice.badge}
              picture={choice.picture}
              action={
                <SubmitButton
                  name={name}
                  value={choice.value}
                  variant={choice.value === recommended ? 'primary' : 'secondary'}
                  pendingLabel={labels.pending}
                >
                  {labels.choose}
                  <span className="sr-only"> {choice.title}</span>
                </SubmitButton>
              }
            >
              {choice.text}
              {choice.links ? (
                <span className="flex flex-wrap gap-x-5">
                  {choice.links.map((link) => (
                    <Link key={link.href} href={link.href} icon="external" target="_blank" rel="noreferrer">
                      {link.label}
                    </Link>
                  ))}
                </span>
              ) : null}
            </ChoiceCard>
          </li>
        ))}
      </ul>
    </form>
  );
}
