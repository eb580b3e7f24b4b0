import type { ReactNode } from 'react';
import { CodeDrawing, FoldedCardDrawing, PasskeyDrawing, TokenDrawing } from '@/components/enrolment/illustrations';
import type { PhoneKind } from '@/components/enrolment/phone-kind';
import type { Method, METHOD_STEPS } from '@/lib/enrolment/model';
import { AppChoice, Key, PhoneChoice, Scan } from './app-method';
import { CardStep } from './card-method';
import type { StepProps } from './parts';
import { PasskeyStep } from './passkey-method';
import { TokenStep } from './token-method';

/** How a method looks among the others, and the page of each of its steps. */
export type MethodFlow<M extends Method = Method> = {
  readonly Drawing: (props: { className?: string; phone: PhoneKind }) => ReactNode;
  readonly pages: Readonly<Record<(typeof METHOD_STEPS)[M][number], (props: StepProps) => ReactNode>>;
};

/**
 * One row a method: a new one has a row here, its kinds and steps in `lib/enrolment/model.ts`, a check in
 * `lib/enrolment/confirm.ts` and its words under `enrol.methods`.
 */
const flows: { readonly [M in Method]: MethodFlow<M> } = {
  app: {
    Drawing: ({ phone, className }) => <CodeDrawing kind={phone} className={className} />,
    pages: { phone: PhoneChoice, app: AppChoice, scan: Scan, key: Key },
  },
  passkey: {
    Drawing: ({ phone, className }) => <PasskeyDrawing kind={phone} className={className} />,
    pages: { passkey: PasskeyStep },
  },
  token: { Drawing: TokenDrawing, pages: { token: TokenStep } },
  card: { Drawing: FoldedCardDrawing, pages: { card: CardStep } },
};

export const METHOD_FLOWS = flows as Record<
  Method,
  Pick<MethodFlow, 'Drawing'> & { readonly pages: Readonly<Record<string, (props: StepProps) => ReactNode>> }
>;
