import { afterEach, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation, makePerson } from '@/e2e/fixtures/people';
import { readLetter, startMailServer, type MailServer, type ReceivedLetter } from '@/e2e/fixtures/smtp';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { maintainJobs, takeJobs } from '@/lib/jobs/queue';
import type { Organisation } from '@/lib/organisations/model';
import { smtpCarrier, type Carrier } from './carrier';
import type { Letter } from './model';
import { queueLetter, type LetterJob } from './outbox';
import { adoptStrandedLetters, deliver, startPostman, type Postman } from './postman';

const database = useDatabase();

const FROM = 'no-reply@portail.test';
const LINK = 'http://localhost:3000/petits-pas/invitation/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const ending: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
  // No letter of one test is found by the next one's postmen.
  await database.owner`delete from pgboss.job`;
});

interface Post extends MailServer {
  readonly received: ReceivedLetter[];
}

/** A mail server that keeps what it is given. */
async function post(options: Parameters<typeof startMailServer>[1] = {}): Promise<Post> {
  const received: ReceivedLetter[] = [];
  const server = await startMailServer(async (to, raw) => void received.push(await readLetter(to, raw)), options);
  ending.push(() => server.stop());
  return { ...server, received };
}

function postman(carrier: Carrier): Postman {
  const walking = startPostman(carrier);
  ending.push(() => walking.stop());
  return walking;
}

const carrierTo = (server: MailServer) => smtpCarrier(server.url, FROM);

async function queue(
  organisation: Organisation,
  email: string,
  letter: Letter = { template: 'invitation', link: LINK },
  also: (transaction: OrganisationTransaction) => Promise<void> = async () => {},
): Promise<void> {
  await inOrganisation({ organisation }, async (transaction) => {
    await queueLetter(transaction, { organisation }, { accountId: null, email, locale: 'fr' }, letter);
    await also(transaction);
  });
}

interface MailState {
  state: string;
  tries: number;
  problem: string | null;
  emptied: boolean;
  held: boolean;
}

async function stateOf(email: string): Promise<MailState | undefined> {
  const [row] = await database.owner<MailState[]>`
    select state, tries, last_problem as problem, content_sealed is null as emptied, held_until is not null as held
    from mails where address = ${email}`;
  return row && { ...row };
}

/** Jobs that wait for another time are due now. */
const skipTheWait = () => database.owner`update pgboss.job set start_after = now() - interval '1 second'`;

/** Carries what is due, once. */
async function round(carrier: Carrier): Promise<number> {
  const jobs = await takeJobs<LetterJob>('letters', 50);
  await Promise.all(jobs.map((job) => deliver(job, carrier)));
  return jobs.length;
}

let count = 0;
const address = () => `personne${(count += 1)}@erables.test`;

describe('SAFE-6 letters leave by the outbox', () => {
  it('SAFE-6 a letter arrives as it was queued, and the outbox forgets what it said', async () => {
    const organisation = await makeOrganisation({}, { name: 'Garderie, « Les "Érables" »' });
    const server = await post();
    const email = address();
    await queue(organisation, email);
    postman(carrierTo(server));
    await vi.waitFor(() => expect(server.received).toHaveLength(1), { timeout: 5_000 });
    const [letter] = server.received;
    expect(letter!.to).toBe(email);
    expect(letter!.subject).toBe('Votre compte chez Garderie, « Les "Érables" »');
    expect(letter!.links).toEqual([LINK]);
    expect(letter!.text).toContain(LINK);
    expect(letter!.email.from).toMatchObject({ name: 'Garderie, « Les "Érables" »', address: FROM });
    expect(letter!.email.to).toEqual([{ name: '', address: email }]);
    // The same at every try, so that a mailbox may know it again.
    const [{ id }] = await database.owner<[{ id: string }]>`select id from mails where address = ${email}`;
    expect(letter!.email.messageId).toBe(`<${id}@portail.test>`);
    expect(letter!.email.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    );
    await vi.waitFor(async () =>
      expect(await stateOf(email)).toEqual({ state: 'sent', tries: 1, problem: null, emptied: true, held: false }),
    );
  });

  it('SAFE-6 what is undone takes its letter with it', async () => {
    const organisation = await makeOrganisation();
    const email = address();
    const undone = new Error('undone');
    await expect(
      queue(organisation, email, undefined, async () => {
        throw undone;
      }),
    ).rejects.toBe(undone);
    expect(await stateOf(email)).toBeUndefined();
    expect(await database.owner`select from pgboss.job`).toHaveLength(0);
  });
});

describe('SAFE-6 one letter, one delivery', () => {
  it('SAFE-6 two instances carry thirty letters: each arrives once', async () => {
    database.useTwoInstances();
    const organisation = await makeOrganisation();
    const server = await post();
    const wanted = Array.from({ length: 30 }, address);
    await Promise.all(wanted.map((email) => queue(organisation, email)));
    postman(carrierTo(server));
    postman(carrierTo(server));
    await vi.waitFor(() => expect(server.received).toHaveLength(30), { timeout: 15_000 });
    await vi.waitFor(async () => {
      const [row] = await database.owner`select count(*)::int as left from pgboss.job where state < 'completed'`;
      expect(row!['left']).toBe(0);
    });
    expect(server.received.map(({ to }) => to).toSorted()).toEqual(wanted.toSorted());
  });

  it('SAFE-6 two jobs for one letter, at the same moment: it leaves once', async () => {
    const organisation = await makeOrganisation();
    const server = await post();
    const email = address();
    await queue(organisation, email);
    const [job] = await takeJobs<LetterJob>('letters', 1);
    await Promise.all(Array.from({ length: 8 }, () => deliver(job!, carrierTo(server))));
    expect(server.received).toHaveLength(1);
    expect(await stateOf(email)).toMatchObject({ state: 'sent', tries: 1 });
  });

  it('SAFE-6 an instance that is killed with a letter in its hands: another one carries it', async () => {
    const organisation = await makeOrganisation();
    const server = await post();
    const email = address();
    await queue(organisation, email);
    // Takes the letter, and is never heard of again.
    const [taken] = await takeJobs<LetterJob>('letters', 1);
    void deliver(taken!, { keepsContent: false, carry: () => new Promise(() => {}) });
    await vi.waitFor(async () => expect(await stateOf(email)).toMatchObject({ tries: 1, held: true }));
    await maintainJobs();
    expect(await round(carrierTo(server))).toBe(0);

    // A minute and a half later.
    await database.owner`update pgboss.job set started_on = started_on - interval '91 seconds'`;
    await database.owner`update mails set held_until = held_until - interval '91 seconds' where address = ${email}`;
    await maintainJobs();
    await skipTheWait();
    expect(await round(carrierTo(server))).toBe(1);
    expect(server.received.map(({ to }) => to)).toEqual([email]);
    expect(await stateOf(email)).toMatchObject({ state: 'sent', tries: 2 });
  });

  it('SAFE-6 a letter without a job is found: one of an older version, or whose job was lost', async () => {
    const organisation = await makeOrganisation();
    const server = await post();
    const emails = [address(), address()];
    for (const email of emails) await queue(organisation, email);
    await database.owner`delete from pgboss.job`;
    await adoptStrandedLetters();
    expect(await round(carrierTo(server))).toBe(0);
    await database.owner`update mails set created_at = now() - interval '3 minutes' where address = any (${emails})`;
    await Promise.all([adoptStrandedLetters(), adoptStrandedLetters(), adoptStrandedLetters()]);
    expect(await round(carrierTo(server))).toBe(2);
    expect(server.received.map(({ to }) => to).toSorted()).toEqual(emails.toSorted());
    await adoptStrandedLetters();
    expect(await round(carrierTo(server))).toBe(0);
  });
});

describe('SAFE-6 nothing is lost while the mail server is down', () => {
  it('SAFE-6 nobody listens, then somebody does: the letter waits, with its reason, and arrives', async () => {
    const organisation = await makeOrganisation();
    const first = await post();
    await first.stop();
    const email = address();
    await queue(organisation, email);
    expect(await round(carrierTo(first))).toBe(1);
    expect(await stateOf(email)).toEqual({
      state: 'waiting',
      tries: 1,
      problem: 'ESOCKET CONN',
      emptied: false,
      held: false,
    });
    // Not at once again: in a minute.
    expect(await round(carrierTo(first))).toBe(0);
    const [row] = await database.owner<{ seconds: number }[]>`
      select extract(epoch from start_after - now())::int as seconds from pgboss.job where state = 'created'`;
    expect(row!.seconds).toBeGreaterThan(50);
    expect(row!.seconds).toBeLessThanOrEqual(60);
    await skipTheWait();
    await round(carrierTo(first));

    const again = await post({ port: first.port });
    await skipTheWait();
    await round(carrierTo(first));
    expect(again.received.map(({ to }) => to)).toEqual([email]);
    expect(await stateOf(email)).toMatchObject({ state: 'sent', tries: 3, problem: null });
  });

  it.each([
    ['answers « try again later »', { onRcptTo: busy(450) }, 'EENVELOPE RCPT TO 450'],
    ['refuses after the data', { onData: refusesData(452) }, 'EMESSAGE DATA 452'],
    ['is too busy to greet', { onConnect: busy(421) }, /42[01]/],
  ])('SAFE-6 a server that %s: the letter waits', async (_, options, problem) => {
    const organisation = await makeOrganisation();
    const email = address();
    await queue(organisation, email);
    await round(carrierTo(await post(options as object)));
    expect(await stateOf(email)).toMatchObject({
      state: 'waiting',
      problem: typeof problem === 'string' ? problem : expect.stringMatching(problem),
      emptied: false,
    });
  });

  it('SAFE-6 a recipient whom nobody knows: it fails at once, and no address stands in the reason', async () => {
    const organisation = await makeOrganisation();
    const [known, unknown] = [address(), address()];
    const server = await post({
      onRcptTo: ({ address: to }, _session, done) =>
        to === unknown ? done(Object.assign(new Error(`no ${to} here`), { responseCode: 550 })) : done(),
    });
    await queue(organisation, unknown);
    await queue(organisation, known);
    await round(carrierTo(server));
    expect(await stateOf(unknown)).toEqual({
      state: 'failed',
      tries: 1,
      problem: 'EENVELOPE RCPT TO 550',
      emptied: true,
      held: false,
    });
    expect(server.received.map(({ to }) => to)).toEqual([known]);
    await skipTheWait();
    expect(await round(carrierTo(server))).toBe(0);
  });

  it('SAFE-6 a wrong password of the server’s is mended by somebody: the letter waits', async () => {
    const organisation = await makeOrganisation();
    const email = address();
    await queue(organisation, email);
    const server = await post({
      authOptional: false,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(Object.assign(new Error('no'), { responseCode: 535 })),
    });
    await round(smtpCarrier(server.url.replace('//', '//somebody:wrong@'), FROM));
    expect(await stateOf(email)).toMatchObject({ state: 'waiting', problem: expect.stringMatching(/^EAUTH .*535$/) });
  });

  it('SAFE-6 three days are enough: then it fails, after a last try', async () => {
    const organisation = await makeOrganisation();
    const server = await post();
    await server.stop();
    const email = address();
    await queue(organisation, email);
    await database.owner`update mails set created_at = now() - interval '71 hours' where address = ${email}`;
    await round(carrierTo(server));
    expect(await stateOf(email)).toMatchObject({ state: 'waiting' });
    await database.owner`update mails set created_at = now() - interval '73 hours' where address = ${email}`;
    await skipTheWait();
    await round(carrierTo(server));
    expect(await stateOf(email)).toMatchObject({ state: 'failed', emptied: true });
  });

  it('SAFE-6 without a mail server letters wait, and the first one that is set takes them', async () => {
    const organisation = await makeOrganisation();
    const email = address();
    const nobody = startPostman(null);
    await queue(organisation, email);
    await nobody.stop();
    expect(await stateOf(email)).toMatchObject({ state: 'waiting', tries: 0 });
    const server = await post();
    postman(carrierTo(server));
    await vi.waitFor(() => expect(server.received).toHaveLength(1), { timeout: 5_000 });
  });

  it('SAFE-6 a postman that is asked to stop takes no more letters, and finishes those in its hands', async () => {
    const organisation = await makeOrganisation();
    const email = address();
    let begun = false;
    let arrived = false;
    const slow: Carrier = {
      keepsContent: false,
      carry: async () => {
        begun = true;
        await new Promise((resolve) => setTimeout(resolve, 400));
        arrived = true;
      },
    };
    const walking = postman(slow);
    await queue(organisation, email);
    await vi.waitFor(() => expect(begun).toBe(true), { timeout: 5_000 });
    await walking.stop();
    expect(arrived).toBe(true);
    expect(await stateOf(email)).toMatchObject({ state: 'sent' });
    const late = address();
    await queue(organisation, late);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(await stateOf(late)).toMatchObject({ state: 'waiting', tries: 0 });
  });
});

describe('the outbox', () => {
  it('SAFE-2 keeps what a letter says sealed: no link stands in the database', async () => {
    const organisation = await makeOrganisation();
    const email = address();
    await queue(organisation, email);
    const rows = await database.owner`select mails::text as row from mails where address = ${email}`;
    const jobs = await database.owner`select job::text as row from pgboss.job`;
    for (const { row } of [...rows, ...jobs]) expect(row).not.toMatch(/invitation\/|abcdefghij/);
    for (const { row } of jobs) expect(row).not.toContain(email);
  });

  it('SAFE-6 the application makes no queue and no table among the jobs, and reads nobody’s outbox', async () => {
    for (const statement of [
      `select pgboss.create_queue('mine', '{"policy":"standard"}')`,
      `insert into pgboss.queue (name) values ('mine')`,
      'create table pgboss.mine (id int)',
      'update pgboss.version set version = 1',
      'select * from demo_outbox()',
    ]) {
      await expect(database.restricted.unsafe(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('SAFE-6 forgets settled letters after 30 days, and never one that waits', async () => {
    const organisation = await makeOrganisation();
    const server = await post();
    const [sent, waiting] = [address(), address()];
    await queue(organisation, sent);
    await round(carrierTo(server));
    await queue(organisation, waiting);
    const emails = [sent, waiting];
    await database.owner`update mails set created_at = now() - interval '29 days' where address = any (${emails})`;
    await database.restricted`select sweep_letters()`;
    expect([await stateOf(sent), await stateOf(waiting)]).toMatchObject([{ state: 'sent' }, { state: 'waiting' }]);
    await database.owner`update mails set created_at = now() - interval '31 days' where address = any (${emails})`;
    await database.restricted`select sweep_letters()`;
    expect(await stateOf(sent)).toBeUndefined();
    expect(await stateOf(waiting)).toMatchObject({ state: 'waiting' });
  });

  it('SAFE-6 a letter goes when its account does', async () => {
    const organisation = await makeOrganisation();
    const server = await post();
    const person = await makePerson(organisation);
    await inOrganisation({ organisation }, (transaction) =>
      queueLetter(
        transaction,
        { organisation },
        { accountId: person.id, email: person.email, locale: 'en' },
        { template: 'password-changed' },
      ),
    );
    await database.owner`delete from accounts where id = ${person.id}`;
    expect(await round(carrierTo(server))).toBe(1);
    expect(server.received).toEqual([]);
    expect(await round(carrierTo(server))).toBe(0);
  });
});

type Done = (error?: Error) => void;

function busy(responseCode: number) {
  return (_subject: unknown, ...rest: unknown[]) =>
    (rest.at(-1) as Done)(Object.assign(new Error('not now'), { responseCode }));
}

function refusesData(responseCode: number) {
  return (stream: NodeJS.ReadableStream, _session: unknown, done: Done) => {
    stream.resume();
    stream.on('end', () => done(Object.assign(new Error('full'), { responseCode })));
  };
}
