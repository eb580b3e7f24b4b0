import { expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { enterPassword, makeOrganisation, makePerson, operatorOf, reread, visitorAt } from '@/e2e/fixtures/people';
import { runProgram } from '@/e2e/fixtures/programs';
import { hashToken } from '@/lib/crypto/tokens';
import { decide } from '@/lib/policy/decision';
import { sessionFacts } from '@/lib/sessions/facts';
import { findOpenSession } from '@/lib/sessions/store';
import { findCurrentAttempt } from '@/lib/sign-in/service';
import { setOption, settingsOf } from './service';

const database = useDatabase();

/** What the next request of a signed-in person is told. */
async function stepOfNextRequest(token: string): Promise<string> {
  const session = await findOpenSession(hashToken(token));
  const settings = await settingsOf(session!.organisation);
  return decide(sessionFacts(session!, settings, null)).step;
}

it('MFA-8 an option changed by another process counts for the very next decision: open sessions and sign-ins under way', async () => {
  const organisation = await makeOrganisation();
  const [signedIn, signingIn] = [await makePerson(organisation), await makePerson(organisation)];
  const { token } = (await enterPassword(visitorAt(organisation), signedIn)).outcome.session!;
  expect(await stepOfNextRequest(token)).toBe('signed-in');

  const words = ['option', 'set', '--org', organisation.slug, 'internalMFA', 'mandatory'];
  const { code } = await runProgram('operator/vestibule.ts', words, { environment: database.environment });
  expect(code).toBe(0);

  expect(await stepOfNextRequest(token)).toBe('enrol');
  const visitor = visitorAt(await reread(organisation.slug));
  expect((await enterPassword(visitor, signingIn)).outcome.session).toBeUndefined();
  expect((await findCurrentAttempt(visitor))?.step).toBe('enrol');

  await setOption(operatorOf(organisation), 'internalMFA', 'off');
  expect(await stepOfNextRequest(token)).toBe('signed-in');
});

it('MFA-8 one organisation’s option is nobody else’s', async () => {
  const [mine, theirs] = [await makeOrganisation(), await makeOrganisation()];
  await setOption(operatorOf(mine), 'internalMFA', 'mandatory');
  expect((await settingsOf(await reread(mine.slug))).options.internalMFA).toBe('mandatory');
  expect((await settingsOf(await reread(theirs.slug))).options.internalMFA).toBe('on-demand');
  expect((await reread(theirs.slug)).settingsVersion).toBe(theirs.settingsVersion);
});

it('SCALE-1 settings that didn’t change are not read again', async () => {
  const organisation = await makeOrganisation({ mfaGraceDays: '3' });
  const first = await settingsOf(await reread(organisation.slug));
  expect(await settingsOf(await reread(organisation.slug))).toBe(first);
  await setOption(operatorOf(organisation), 'mfaGraceDays', 3);
  expect(await settingsOf(await reread(organisation.slug))).toBe(first);
  await setOption(operatorOf(organisation), 'mfaGraceDays', 4);
  const second = await settingsOf(await reread(organisation.slug));
  expect(second.options.mfaGraceDays).toBe(4);
  expect(second.version).toBeGreaterThan(first.version);
});

it('OPT-1 a stored value that this version can’t read falls back to the initial one', async () => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory', sessionHours: '2' });
  await database.owner`
    update option_values set value = '"perhaps"' where organisation_id = ${organisation.id} and key = 'internalMFA'`;
  const { options } = await settingsOf(await reread(organisation.slug));
  expect(options).toMatchObject({ internalMFA: 'on-demand', sessionHours: 2 });
});
