import { expect, it, vi } from 'vitest';
import { signedInOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation } from '@/e2e/fixtures/people';
import { plausibleInput } from '@/e2e/fixtures/plausible';
import { definitionOf } from '@/lib/actions/define-action';
import type { ServerAction } from '@/lib/actions/model';
import type { Actor } from '@/lib/actors/model';
import { Refusal } from '@/lib/refusals';
import { ACTIONS, permissionOf } from './access';
import { PERMISSIONS } from './permissions';

useDatabase();

// An act that gets as far as a cookie has gone too far already; here it must only not fail for the lack of a browser.
vi.mock('next/headers', () => ({
  cookies: async () => ({ get: () => undefined, set: () => {} }),
  headers: async () => new Headers(),
}));

const NO_ID = '00000000-0000-4000-8000-000000000000';

const OWN = { password: 'Orage-Lanterne-Verger-7', code: '123456' };

/** They lead on at once: to a page, which asks, or with a job behind the answer, whose service asks and is refused there. */
const ONLY_LEAD_ON: ReadonlySet<string> = new Set(['options.review', 'accounts.import-resume']);

/** How a piece of work ended: the code of its refusal, or what else it came to. */
async function endOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return error instanceof Refusal ? error.code : `failed: ${String(error)}`;
  }
}

it('ACC-4 behind every action the service asks for the permission itself', async () => {
  const organisation = await makeOrganisation();
  const { actor, token } = await signedInPerson(organisation, 'administrator');
  const signedIn = await signedInOf(token);
  const files = import.meta.glob<Record<string, ServerAction>>('/app/**/actions.ts');
  const modules = await Promise.all(Object.values(files).map((load) => load()));
  const ended: Record<string, string> = {};
  const expected: Record<string, string> = {};
  for (const action of modules.flatMap((module) => Object.values(module))) {
    const definition = definitionOf(action);
    const permission = definition ? permissionOf(ACTIONS[definition.name]) : null;
    if (!definition || permission === null || ONLY_LEAD_ON.has(definition.name)) continue;
    const input = definition.input.parse(plausibleInput(definition.name, definition.input, NO_ID, OWN));
    const without: Actor = { ...actor, permissions: new Set(PERMISSIONS.filter((one) => one !== permission)) };
    const run = definition.run as (...given: unknown[]) => unknown;
    ended[definition.name] = await endOf(() => run(without, input, { ...signedIn, actor: without }));
    expected[definition.name] = 'permission.missing';
  }
  expect(Object.keys(ended).length).toBeGreaterThan(2);
  // Where this fails: the service that the action calls must begin with requirePermission(actor, …).
  expect(ended).toEqual(expected);
});

/** About oneself, telling nothing of anybody, or handing on to a service that asks: these ask for no permission. */
const ASK_NOTHING = new Set([
  'answerEnrolmentOffer',
  'beginBinding',
  'cancelEmailChange',
  'changeOwnPassword',
  'changeOwnPicture',
  'changeOwnProfile',
  'checkOwnPassword',
  'confirmEmailChange',
  'endOtherSessions',
  'endOwnDeviceTrust',
  'endSession',
  'exportOwnData',
  'findEmailConfirmation',
  'findOwnPicture',
  'forgetOwnDevice',
  'hasFreshProof',
  'listOwnIdentities',
  'loadOwnAccount',
  'loadOwnRequirements',
  'loadOwnFactor',
  'mayChangeRole',
  'mfaChoice',
  'momentFor',
  'ownData',
  'postponeInSession',
  'proveForOwnData',
  'proveOwnFactor',
  'removeOwnFactor',
  'removeOwnPicture',
  'offerOwnPasskey',
  'renameOwnFactor',
  'renewRecoveryCodes',
  'requestEmailChange',
  'resendEmailConfirmation',
  'signOut',
  'switchOffOwnMfa',
  'whoCanGrant',
  'zoneOf',
]);

it('ACC-4 every service that takes an actor asks for a permission, or is about the actor alone', async () => {
  const texts = import.meta.glob<string>(['/lib/**/*.ts', '!/lib/**/*.test.ts', '!/lib/**/store.ts'], {
    query: '?raw',
    import: 'default',
  });
  const modules = import.meta.glob<Record<string, (...given: unknown[]) => unknown>>([
    '/lib/**/*.ts',
    '!/lib/**/*.test.ts',
    '!/lib/**/store.ts',
  ]);
  const { actor } = await signedInPerson(await makeOrganisation(), null);
  const unasked: string[] = [];
  const found = new Set<string>();
  for (const [file, read] of Object.entries(texts)) {
    const taking = [...(await read()).matchAll(TAKES_AN_ACTOR)].map((match) => match[1]!);
    if (taking.length === 0) continue;
    const module = await modules[file]!();
    for (const name of taking) {
      found.add(name);
      if (ASK_NOTHING.has(name)) continue;
      const ended = await endOf(() => drain(module[name]!(actor, NO_ID, NO_ID, NO_ID, NO_ID)));
      if (ended !== 'permission.missing') unasked.push(`${file}: ${name} (${ended})`);
    }
  }
  // Where this fails: begin the function with requirePermission(actor, …), or name it above if it is about oneself.
  expect(unasked).toEqual([]);
  expect([...ASK_NOTHING].filter((name) => !found.has(name))).toEqual([]);
});

const TAKES_AN_ACTOR = /export (?:async )?function\*? (\w+)(?:<[^>]*>)?\(\s*\w+: [^,)]*\bActor\b/g;

/** A service may give its answer piece by piece: it asks when the first piece is fetched. */
async function drain(given: unknown): Promise<void> {
  const answer = await given;
  if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer)) return;
  for await (const _piece of answer as AsyncIterable<unknown>) return;
}
