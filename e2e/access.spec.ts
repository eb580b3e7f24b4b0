import { permissionOf, type Access } from '@/lib/policy/access';
import { openSessionOf } from './fixtures/actors';
import { HandMadeClient, type Answer } from './fixtures/hand-made';
import {
  allOf,
  checksums,
  everyAction,
  everyAddress,
  everybody,
  FOREIGN,
  furnished,
  idsOf,
  type Visitor,
} from './fixtures/matrix';
import { codeOf, makeEnrolledPerson, makeOrganisation } from './fixtures/people';
import { plausibleInput } from './fixtures/plausible';
import { expect, test } from './fixtures/test';

/**
 * The proof that nobody gets where they may not (ACC-4, ACC-6): the table of lib/policy/access.ts, tried whole, with
 * everybody there can be. No case is written by hand; a new page, route or action is tried as soon as it stands in the
 * table.
 */

/** What the table says of somebody who comes there. */
function verdict({ permissions }: Visitor, access: Access): 'open' | 'sign-in' | 'allowed' | 'forbidden' {
  if (access === 'anyone') return 'open';
  if (permissions === null) return 'sign-in';
  const permission = permissionOf(access);
  return permission === null || permissions.includes(permission) ? 'allowed' : 'forbidden';
}

/** Asks for an address; a route that wants a form is sent an empty one. */
async function knock({ client }: Visitor, target: string, headers = {}): Promise<Answer> {
  const answer = await client.get(target, headers);
  return answer.status === 405 ? client.request('POST', target, { headers }) : answer;
}

const leadsToSignIn = ({ status, headers }: Answer) =>
  status === 307 && /^\/[a-z0-9-]+\/sign-in/.test(headers.location ?? '');

/** The settings lead on to the first room that one may enter, and are closed to whoever may enter none. */
const LEADS_ON = '/[org]/settings';
/** Told at the door, to whoever comes from an address that is not let in: its status is the refusal itself (LOC-4). */
const SAYS_NO = '/[org]/sign-in/refused';
/** What only whoever made it may see: to everybody else of the organisation it is not there either. */
const OF_ITS_MAKER: ReadonlySet<string> = new Set([
  '/[org]/settings/accounts/import/[import]',
  '/[org]/settings/tokens/import/[import]',
]);

test('ACC-4 every page and route answers everybody as the table says', async ({ portal, database, trouble }) => {
  test.setTimeout(240_000);
  trouble.expect(/^log: /);
  const { organisation: ours } = await furnished('Garderie des Érables');
  const { organisation: theirs } = await furnished(FOREIGN);
  const visitors = await everybody(ours, portal.origin);
  const stranger = visitors[0]!;
  const wrong: string[] = [];

  for (const { place, access, isPage, namesAThing, at } of everyAddress(database)) {
    const own = await at(ours.slug, ours);
    const foreign = namesAThing ? await at(ours.slug, theirs) : null;
    const elsewhere = await at(theirs.slug, theirs);
    const toStrangers = await knock(stranger, elsewhere);

    await allOf(visitors, async (visitor) => {
      const expected = verdict(visitor, access);
      const check = (fine: boolean, what: string, { status, headers }: Answer) => {
        if (!fine) wrong.push(`${visitor.name} at ${place}, ${what}: ${status} ${headers.location ?? ''}`);
      };

      const answer = await knock(visitor, own);
      const { status, body } = answer;
      // A room shows itself. One's own pages may lead on; a route may have nothing to give, or want a form.
      const wanted = OF_ITS_MAKER.has(place) ? 404 : 200;
      const shown = isPage && access !== 'account' ? status === wanted : status < 500 && status !== 403;
      const asExpected = {
        open: place === SAYS_NO ? status === 403 : status < 500 && status !== 403,
        'sign-in': leadsToSignIn(answer) || (!isPage && [401, 404].includes(status)),
        allowed: (shown && !leadsToSignIn(answer)) || place === LEADS_ON,
        forbidden: status === 403 && /<h1[^>]*>[^<]+<\/h1>/.test(body),
      };
      check(asExpected[expected], expected, answer);

      if (expected === 'forbidden') {
        // The client runtime is given nothing more than a browser.
        const runtime = await knock(visitor, own, { rsc: '1' });
        const { location } = runtime.headers;
        const led = location ? await knock(visitor, location, { rsc: '1' }) : runtime;
        check(led.status === 403 || led.body.includes('NEXT_HTTP_ERROR_FALLBACK;403'), 'by script', led);
      }

      if (foreign !== null) {
        const found = await knock(visitor, foreign);
        const notFound = {
          open: found.status < 500,
          'sign-in': leadsToSignIn(found),
          allowed: found.status === 404,
          forbidden: found.status === 403,
        };
        check(notFound[expected], 'with an id of another organisation', found);
        check(!found.body.includes(FOREIGN), 'shows what is another organisation’s', found);
      }

      // At another organisation's door everybody is a stranger.
      if (access !== 'anyone') {
        const there = await knock(visitor, elsewhere);
        check(there.status === toStrangers.status, 'at another organisation', there);
        check(!there.body.includes(FOREIGN), 'shows another organisation', there);
      }
    });
  }
  expect(wrong).toEqual([]);
});

/** The state in which an action ended, as the client runtime is told. */
function endOf({ status, body, headers }: Answer): string {
  const state = body.split('\n').find((line) => /^\w+:\{"status"/.test(line));
  if (state === undefined) return headers['x-action-redirect'] ? 'led on' : `HTTP ${status}`;
  const { status: word, code } = JSON.parse(state.slice(state.indexOf(':') + 1)) as { status: string; code?: string };
  return code ?? word;
}

test('ACC-4 every action answers everybody as the table says, before it looks at what was typed', async ({
  portal,
}) => {
  test.setTimeout(240_000);
  const { slug, ...ours } = await makeOrganisation();
  const visitors = await everybody({ slug, ...ours }, portal.origin);
  const wrong: string[] = [];
  for (const { name, access, id } of await everyAction()) {
    await allOf(visitors, async (visitor) => {
      // No form of ours has such a field: whoever may act is told so, and nothing happens.
      const fields = { organisation: slug, 'no-such-field': 'x' };
      const ended = endOf(await visitor.client.call(id, `/${slug}`, fields));
      const expected = {
        open: 'invalid',
        'sign-in': 'session.missing',
        allowed: 'invalid',
        forbidden: 'permission.missing',
      }[verdict(visitor, access)];
      if (ended !== expected) wrong.push(`${name} by ${visitor.name}: ${ended}, not ${expected}`);
    });
  }
  expect(wrong).toEqual([]);
});

/** What earlier acts have used up: somebody new gets further. */
const SPENT: ReadonlySet<string> = new Set(['session.missing', 'code.throttled']);

test('ACC-6 no action of an administrator touches another organisation, whatever id is put into it', async ({
  portal,
  database,
}) => {
  test.setTimeout(240_000);
  const { organisation: theirs, tokens } = await furnished(FOREIGN);
  const ids = [...(await idsOf(database, theirs)), ...tokens];
  expect(ids.length).toBeGreaterThan(5);
  const before = await checksums(database, theirs);
  const wrong = new Set<string>();
  /** In an organisation apart: what one act changes must not stand in the way of the next. */
  const newInsider = async () => {
    const ours = await makeOrganisation();
    const person = await makeEnrolledPerson(ours, { role: 'administrator' });
    const client = new HandMadeClient(portal.origin);
    client.cookies.set('vestibule.session', await openSessionOf(ours, person.id));
    return { ours, person, client };
  };
  type Insider = Awaited<ReturnType<typeof newInsider>>;
  /** A code counts once: it is made good again. False where an act took the phone away. */
  const canTypeAgain = async ({ ours, person }: Insider) => {
    const { count } = await database`
      update factors set last_step = 0 where id = ${person.factorId} and organisation_id = ${ours.id}`;
    return count === 1;
  };

  await allOf(await everyAction(), async ({ name, id, input }) => {
    const takesCode = Object.keys(input.shape).some((field) => /code/i.test(field));
    /** Calls the action with this id in every field that takes one. */
    const act = async ({ ours, person, client }: Insider, foreignId: string) => {
      const own = { password: person.password, code: takesCode ? await codeOf(person.secret) : '' };
      const typed = await Promise.all(
        Object.entries(plausibleInput(name, input, foreignId, own)).map(
          async ([field, value]) =>
            [field, typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer())] as const,
        ),
      );
      const fields = { ...Object.fromEntries(typed), organisation: ours.slug };
      const answer = await client.call(id, `/${ours.slug}`, fields);
      return { ended: endOf(answer), body: answer.body, takesId: typed.some(([, value]) => value === foreignId) };
    };
    let insider = await newInsider();
    for (const foreignId of ids) {
      if (takesCode && !(await canTypeAgain(insider))) insider = await newInsider();
      let { ended, body, takesId } = await act(insider, foreignId);
      if (SPENT.has(ended)) {
        insider = await newInsider();
        ({ ended, body, takesId } = await act(insider, foreignId));
      }
      if (/^HTTP|(session|permission)\.missing$/.test(ended)) wrong.add(`${name} got no further than ${ended}`);
      if (body.includes(FOREIGN)) wrong.add(`${name} shows what is another organisation’s`);
      // Nothing of it is an id.
      if (!takesId) break;
    }
  });
  expect([...wrong]).toEqual([]);
  expect(await checksums(database, theirs)).toEqual(before);
});
