import { randomUUID } from 'node:crypto';
import type { ProvenIdentity } from '@/lib/authenticators/model';
import { flowAnswerContext, providerTokensContext } from '@/lib/authenticators/sealing';
import { sealer } from '@/lib/crypto/keys';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import * as store from './store';

/** What of a provider's answer outlives the sign-in: what ends the session there too. */
export type HeldAnswer = Pick<ProvenIdentity, 'issuer' | 'subject' | 'providerSession' | 'tokens'>;

/** As long as the longest way from a provider's answer to a session: an enrolment, several times renewed. */
const HELD_MINUTES = 240;

/** Lets it wait, sealed, for the session that this attempt may yet come to. */
export async function holdProviderAnswer(
  transaction: OrganisationTransaction,
  flowId: string,
  attemptId: string,
  { issuer, subject, providerSession, tokens }: ProvenIdentity,
): Promise<void> {
  const held: HeldAnswer = { issuer, subject, providerSession, tokens };
  const answerSealed = sealer().seal(JSON.stringify(held), flowAnswerContext(flowId));
  await store.holdAnswer(transaction, flowId, { attemptId, answerSealed, minutes: HELD_MINUTES });
}

/** Hands what was held in an attempt over to the session that it opened (OIDC-4, SAML-4). */
export async function keepProviderSession(
  transaction: OrganisationTransaction,
  organisationId: string,
  { attemptId, sessionId }: { readonly attemptId: string; readonly sessionId: string },
): Promise<void> {
  const taken = await store.takeHeldAnswer(transaction, attemptId);
  if (taken === null) return;
  const opened = sealer().open(taken.answerSealed, flowAnswerContext(taken.id)).toString('utf8');
  const { issuer, subject, providerSession, tokens } = JSON.parse(opened) as HeldAnswer;
  const id = randomUUID();
  await store.insertProviderSession(transaction, {
    id,
    sessionId,
    organisationId,
    authenticatorId: taken.authenticatorId,
    issuer,
    subject,
    providerSession,
    tokensSealed: tokens === null ? null : sealer().seal(JSON.stringify(tokens), providerTokensContext(id)),
  });
}
