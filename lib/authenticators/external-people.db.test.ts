import { describe, expect, it } from 'vitest';
import { actorOfToken, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import { makeEnrolledPerson, makeOrganisation, refusalOf } from '@/e2e/fixtures/people';
import { removeAccount } from '@/lib/accounts/administration';
import type { Actor } from '@/lib/actors/model';
import { directoryQuery } from '@/lib/directory/model';
import { listAccounts } from '@/lib/directory/service';
import { issuePass } from '@/lib/passes/service';
import { checkOwnPassword } from '@/lib/passwords/service';
import { exportOwnData, proveForOwnData } from '@/lib/privacy/service';
import { demandNewPassword } from '@/lib/passwords/demand';
import { loadHelp } from '@/lib/resets/service';

const database = useDatabase();

/** Somebody who had a password and a phone here, and comes in by a provider now. */
async function house(externalMfa: 'trust' | 'demand' | 'ask' = 'trust') {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { actor: administrator } = await signedInPerson(organisation, 'administrator');
  const person = await makeEnrolledPerson(organisation);
  const sso = await makeExternal(database.owner, organisation, { externalMfa });
  await assign(database.owner, organisation, person.id, sso, `claim(email):${person.email}`);
  const token = await openSessionOf(organisation, person.id);
  await database.owner`
    update sessions set external_verified_at = now(), authenticator_id = ${sso}, password_verified_at = null,
      factor_verified_at = null where account_id = ${person.id}`;
  return { organisation, administrator, person, sso, actor: await actorOfToken(token) };
}

const minutesLater = (actor: Actor, minutes: number): Actor => ({
  ...actor,
  now: new Date(actor.now.getTime() + minutes * 60_000),
});

describe('MFA-3 people who come in by a provider have no password here', () => {
  it('PRIV-1 see what is held about them by their provider’s fresh word, their identities there too', async () => {
    const { actor, person } = await house();
    const data = JSON.parse(await exportOwnData(actor)) as { identities: object[] };
    expect(data.identities).toMatchObject([{ expected: `claim(email):${person.email}`, subject: null }]);
    expect(await refusalOf(exportOwnData(minutesLater(actor, 11)))).toBe('proof.too-old');
    // One that was left from before opens nothing.
    expect(await refusalOf(proveForOwnData(actor, person.password))).toBe('proof.provider-old');
    expect(await refusalOf(checkOwnPassword(actor, person.password))).toBe('proof.provider-old');
  });

  it('RESET-3 get no pass, which would open nothing, and no demand of a password; the list says who sees to the factor', async () => {
    const { administrator, person } = await house();
    const order = { minutes: 60, reason: 'Téléphone oublié', code: '' };
    expect(await refusalOf(issuePass(administrator, person.id, order))).toBe('pass.by-provider');
    expect((await loadHelp(administrator, person.id)).subject).toMatchObject({ askedHere: false, factors: 1 });
    expect(await refusalOf(demandNewPassword(administrator, person.id))).toBe('password.none');
    const { rows } = await listAccounts(administrator, directoryQuery.parse({ search: person.username }));
    expect(rows).toMatchObject([{ mfa: 'provider' }]);
  });

  it('MFA-7 of whom a factor is asked here all the same, it is helped with as anybody’s', async () => {
    const { administrator, person } = await house('ask');
    expect((await loadHelp(administrator, person.id)).subject).toMatchObject({ askedHere: true });
    const { rows } = await listAccounts(administrator, directoryQuery.parse({ search: person.username }));
    expect(rows).toMatchObject([{ mfa: 'enrolled' }]);
  });

  it('PRIV-1 an erased account leaves nothing of who it was at the provider', async () => {
    const { administrator, person } = await house();
    await removeAccount(administrator, person.id, 'Mireille Bérubé');
    const left = await database.owner`select 1 from external_identities where account_id = ${person.id}`;
    expect(left).toHaveLength(0);
  });
});
