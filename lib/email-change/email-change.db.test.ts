import { describe, expect, it } from 'vitest';
import { actorOfToken, openSessionOf } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { lettersTo, tokenTo } from '@/e2e/fixtures/letters';
import {
  enterPassword,
  makeOrganisation,
  makePerson,
  refusalOf,
  tally,
  visitorAt,
  type Person,
} from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { newToken } from '@/lib/crypto/tokens';
import { findPasswordReset, requestPasswordReset } from '@/lib/forgotten/service';
import type { Organisation } from '@/lib/organisations/model';
import { loadOwnAccount } from '@/lib/profile/service';
import {
  cancelEmailChange,
  confirmEmailChange,
  findEmailConfirmation,
  requestEmailChange,
  resendEmailConfirmation,
} from './service';

const database = useDatabase();
database.useTwoInstances();

async function signedIn(organisation: Organisation): Promise<{ person: Person; actor: Actor }> {
  const person = await makePerson(organisation);
  return { person, actor: await actorOfToken(await openSessionOf(organisation, person.id)) };
}

let addresses = 0;
const anAddress = () => `neuve${(addresses += 1)}@erables.test`;

const emailOf = async (id: string) =>
  (await database.owner`select email from accounts where id = ${id}`)[0]!['email'] as string;

describe('SELF-1 a new address', () => {
  it('SELF-1 counts only once it is confirmed; then the old one is told, and no longer signs in', async () => {
    const organisation = await makeOrganisation();
    const { person, actor } = await signedIn(organisation);
    const address = anAddress();
    await requestEmailChange(actor, address);
    expect(await emailOf(person.id)).toBe(person.email);
    expect((await loadOwnAccount(actor)).pendingEmail).toBe(address);
    const token = await tokenTo(database.owner, address);
    for (let look = 0; look < 50; look++) expect(await findEmailConfirmation(actor, token)).toBe(address);
    await confirmEmailChange(actor, token);
    expect(await emailOf(person.id)).toBe(address);
    expect((await loadOwnAccount(actor)).pendingEmail).toBeNull();
    expect(await lettersTo(database.owner, person.email)).toEqual([{ template: 'email-changed', newEmail: address }]);
    expect((await enterPassword(visitorAt(organisation), { ...person, email: address })).outcome.session).toBeDefined();
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('sign-in.wrong-password');
  });

  it('SELF-1 is confirmed once: of twenty posts at once over two instances one counts', async () => {
    const { actor } = await signedIn(await makeOrganisation());
    const address = anAddress();
    await requestEmailChange(actor, address);
    const token = await tokenTo(database.owner, address);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refusalOf(confirmEmailChange(actor, token))));
    expect(tally(outcomes)).toEqual({ done: 1, 'link.gone': 19 });
  });

  it('SELF-1 is the account’s own: the link is worth nothing to anybody else', async () => {
    const organisation = await makeOrganisation();
    const [{ actor }, { actor: other }, { actor: stranger }] = await Promise.all([
      signedIn(organisation),
      signedIn(organisation),
      signedIn(await makeOrganisation()),
    ]);
    const address = anAddress();
    await requestEmailChange(actor, address);
    const token = await tokenTo(database.owner, address);
    for (const thief of [other, stranger]) {
      expect(await findEmailConfirmation(thief, token)).toBeNull();
      expect(await refusalOf(confirmEmailChange(thief, token))).toBe('link.gone');
    }
    expect(await refusalOf(confirmEmailChange(actor, newToken()))).toBe('link.gone');
    expect(await refusalOf(confirmEmailChange(actor, token))).toBe('done');
  });

  it('SELF-1 that somebody else of the organisation has is told behind the link alone', async () => {
    const organisation = await makeOrganisation();
    const { person, actor } = await signedIn(organisation);
    const taken = await makePerson(organisation);
    expect(await refusalOf(requestEmailChange(actor, taken.email))).toBe('done');
    const token = await tokenTo(database.owner, taken.email);
    expect(await refusalOf(confirmEmailChange(actor, token))).toBe('email.taken');
    expect(await emailOf(person.id)).toBe(person.email);
    expect(await lettersTo(database.owner, person.email)).toEqual([]);
    // Nothing was used up: once the other one is gone, it works.
    await database.owner`delete from accounts where id = ${taken.id}`;
    expect(await refusalOf(confirmEmailChange(actor, token))).toBe('done');
  });

  it('SELF-1 can be asked for again, replaced and cancelled; only the last link works', async () => {
    const { actor } = await signedIn(await makeOrganisation());
    const [first, second] = [anAddress(), anAddress()];
    await requestEmailChange(actor, first);
    const old = await tokenTo(database.owner, first);
    await requestEmailChange(actor, second);
    expect(await refusalOf(confirmEmailChange(actor, old))).toBe('link.gone');
    await resendEmailConfirmation(actor);
    expect(await lettersTo(database.owner, second)).toHaveLength(2);
    await cancelEmailChange(actor);
    const token = await tokenTo(database.owner, second);
    expect(await refusalOf(confirmEmailChange(actor, token))).toBe('link.gone');
    expect(await refusalOf(resendEmailConfirmation(actor))).toBe('link.gone');
    // Three an hour, whatever the address: nobody's mailbox is flooded from here.
    expect(await refusalOf(requestEmailChange(actor, anAddress()))).toBe('letter.throttled');
  });

  it('SELF-1 links that wait at the old address are worth nothing afterwards', async () => {
    const organisation = await makeOrganisation();
    const { person, actor } = await signedIn(organisation);
    await requestPasswordReset(visitorAt(organisation), person.email);
    const reset = await tokenTo(database.owner, person.email);
    const address = anAddress();
    await requestEmailChange(actor, address);
    await confirmEmailChange(actor, await tokenTo(database.owner, address));
    expect(await findPasswordReset(visitorAt(organisation), reset)).toBeNull();
  });
});
