import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { mails } from '@/drizzle/schema/mail';
import { organisations } from '@/drizzle/schema/organisations';
import { withDeadline } from '@/lib/db/deadline';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { instant } from '@/lib/db/instant';
import { pipelined } from '@/lib/db/pipelined';
import { pool } from '@/lib/db/pool';
import { written } from '@/lib/db/written';
import type { Locale } from '@/lib/language/locale';
import type { Organisation } from '@/lib/organisations/model';

export interface MailRow {
  readonly id: string;
  readonly organisationId: string;
  readonly accountId: string | null;
  readonly template: string;
  readonly locale: Locale;
  readonly address: string;
  readonly contentSealed: Buffer;
}

/** Puts a letter into the outbox. */
export async function insertMail(transaction: OrganisationTransaction, row: MailRow): Promise<void> {
  await written(transaction)`
    insert into mails (id, organisation_id, account_id, template, locale, address, content_sealed)
    values (${row.id}, ${row.organisationId}, ${row.accountId}, ${row.template}, ${row.locale}, ${row.address},
      ${row.contentSealed})`;
}

/** Where the letters of an account go, and in which language: its own, else the organisation's. */
export async function findOwner(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<{ email: string; locale: Locale } | null> {
  const [row] = await written(transaction)<{ email: string; locale: Locale }[]>`
    select a.email, coalesce(a.locale, o.locale) as locale
    from accounts a join organisations o on o.id = a.organisation_id where a.id = ${accountId}`;
  return row ?? null;
}

/** A letter in the hands of whoever carries it. */
export interface HeldLetter {
  readonly template: string;
  readonly locale: Locale;
  readonly address: string;
  readonly contentSealed: Buffer | null;
  /** How often it was tried, this time included. */
  readonly tries: number;
  readonly createdAt: Date;
  readonly organisation: Organisation;
}

/**
 * Takes a waiting letter into one's hands for some seconds and counts the try: of two instances at the same moment one
 * gets it. Null: it is sent, gone, or in other hands.
 */
export async function holdLetter(
  transaction: OrganisationTransaction,
  id: string,
  seconds: number,
): Promise<HeldLetter | null> {
  const [[row], [organisation]] = await pipelined([
    transaction
      .update(mails)
      .set({ tries: sql`${mails.tries} + 1`, heldUntil: sql`now() + make_interval(secs => ${seconds})` })
      .where(
        and(eq(mails.id, id), eq(mails.state, 'waiting'), or(isNull(mails.heldUntil), lt(mails.heldUntil, sql`now()`))),
      )
      .returning({
        template: mails.template,
        locale: mails.locale,
        address: mails.address,
        contentSealed: mails.contentSealed,
        tries: mails.tries,
        createdAt: mails.createdAt,
      }),
    transaction
      .select({
        id: organisations.id,
        slug: organisations.slug,
        name: organisations.name,
        locale: organisations.locale,
        timeZone: organisations.timeZone,
        settingsVersion: organisations.settingsVersion,
      })
      .from(organisations),
  ]);
  return row && organisation ? { ...row, organisation } : null;
}

/** The letter has left; what it said is forgotten, unless somebody may still read it here. */
export async function markSent(transaction: OrganisationTransaction, id: string, keepContent: boolean): Promise<void> {
  await transaction
    .update(mails)
    .set({
      state: 'sent',
      sentAt: sql`now()`,
      lastProblem: null,
      heldUntil: null,
      ...(keepContent ? {} : { contentSealed: null }),
    })
    .where(and(eq(mails.id, id), eq(mails.state, 'waiting')));
}

/**
 * Notes why a letter did not leave, and lets it wait again; it fails for good where that is asked for, or where it has
 * been waiting for `patienceHours`.
 *
 * @returns whether it will be tried again
 */
export async function markNotSent(
  transaction: OrganisationTransaction,
  id: string,
  problem: string,
  { forGood, patienceHours }: { forGood: boolean; patienceHours: number },
): Promise<boolean> {
  const over = sql`(${forGood} or ${mails.createdAt} < now() - make_interval(hours => ${patienceHours}))`;
  const [row] = await transaction
    .update(mails)
    .set({
      state: sql`case when ${over} then 'failed' else 'waiting' end` as unknown as 'failed',
      contentSealed: sql`case when ${over} then null else ${mails.contentSealed} end` as unknown as null,
      lastProblem: problem,
      heldUntil: null,
    })
    .where(and(eq(mails.id, id), eq(mails.state, 'waiting')))
    .returning({ state: mails.state });
  return row?.state === 'waiting';
}

/** Letters of all organisations that wait without a job: nobody would ever come for them. */
export async function listStrandedLetters(): Promise<{ organisationId: string; mailId: string }[]> {
  const rows = await withDeadline(
    async () => pool().sql<{ organisation_id: string; mail_id: string }[]>`select * from stranded_letters()`,
  );
  return rows.map((row) => ({ organisationId: row.organisation_id, mailId: row.mail_id }));
}

/** Forgets the letters that were settled long ago. */
export async function sweepLetters(): Promise<void> {
  await withDeadline(async () => pool().sql`select sweep_letters()`);
}

/** A letter of the demo's outbox, as it lies there. */
export interface DemoLetterRow {
  readonly id: string;
  readonly template: string;
  readonly locale: Locale;
  readonly address: string;
  readonly contentSealed: Buffer;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly createdAt: Date;
  readonly organisation: Organisation;
}

interface DemoRow {
  mail_id: string;
  template: string;
  mail_locale: Locale;
  address: string;
  content_sealed: Buffer;
  state: DemoLetterRow['state'];
  created_at: string;
  organisation_id: string;
  slug: string;
  organisation_name: string;
  organisation_locale: Locale;
  organisation_time_zone: string;
  settings_version: string;
}

/** The newest hundred letters of all organisations, or one of them. Only in the demo's database may anybody ask. */
export async function listDemoLetters(only: string | null): Promise<DemoLetterRow[]> {
  const rows = await withDeadline(async () => pool().sql<DemoRow[]>`select * from demo_outbox(${only})`);
  return rows.map((row) => ({
    id: row.mail_id,
    template: row.template,
    locale: row.mail_locale,
    address: row.address,
    contentSealed: row.content_sealed,
    state: row.state,
    createdAt: instant(row.created_at)!,
    organisation: {
      id: row.organisation_id,
      slug: row.slug,
      name: row.organisation_name,
      locale: row.organisation_locale,
      timeZone: row.organisation_time_zone,
      settingsVersion: Number(row.settings_version),
    },
  }));
}
