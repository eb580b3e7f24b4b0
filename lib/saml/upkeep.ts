import type { Actor, System } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import type { SamlSettings } from '@/lib/authenticators/model';
import { guardConnection, refuseBeyond } from '@/lib/authenticators/service';
import { findAuthenticator, holdAuthenticator } from '@/lib/authenticators/store';
import { config } from '@/lib/config';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { findDoor } from '@/lib/external/service';
import { lockOptions } from '@/lib/options/store';
import type { Letter } from '@/lib/mail/model';
import type { Organisation } from '@/lib/organisations/model';
import { Refusal } from '@/lib/refusals';
import { tellHelpers } from '@/lib/resets/helpers';
import { viewCertificate } from './certificates';
import { fetchMetadata, isProviderPage, newKeys } from './editor';
import { readMetadata } from './metadata';
import type { SamlAuthenticator } from './service';
import * as store from './store';

/** How many authenticators an instance takes up at a time; the next round takes the next. */
const AT_A_TIME = 20;
/** Administrators are warned this many days before a certificate ends (SAML-3), the most urgent last. */
export const NOTICE_DAYS = [60, 30, 7, 1] as const;
const TOLD_MAX = 50;
const DAY_MS = 24 * 3_600_000;

/**
 * What is done once a day for each SAML authenticator in force: its metadata are fetched again where it has an address for
 * them, and administrators are told of a certificate that ends soon. Every instance asks; the database gives each
 * authenticator to one of them.
 */
export async function keepSamlUp(now = new Date()): Promise<void> {
  for (const { organisationId, authenticatorId } of await store.claimUpkeep(AT_A_TIME)) {
    const door = await findDoor(authenticatorId);
    if (door === null || door.organisation.id !== organisationId) continue;
    await refreshMetadata(door.organisation, authenticatorId, now);
    await warnOfEnd(door.organisation, authenticatorId, now);
  }
}

const system = (organisation: Organisation): System => ({ kind: 'system', organisation });

/**
 * Fetches a provider's metadata again. The same keys: nothing happens. Other keys wait for an administrator's yes; until
 * then the present ones count, so that whoever holds the address gains nothing by it.
 */
async function refreshMetadata(organisation: Organisation, id: string, now: Date): Promise<void> {
  const actor = system(organisation);
  const before = await inOrganisation(actor, (transaction) => findAuthenticator(transaction, id));
  if (before?.type !== 'saml' || before.settings.metadataUrl === null) return;
  // Outside of any transaction: it may take its five seconds.
  const fetched = await fetchMetadata(before.settings.metadataUrl);
  const read =
    'code' in fetched
      ? { issue: fetched.code }
      : readMetadata(fetched.bytes, { now, allowExpired: true, mayVisit: (url) => isProviderPage(url) });
  await inOrganisation(actor, async (transaction) => {
    const wrong =
      'issue' in read ? read.issue : read.metadata.entityId !== before.settings.entityId ? 'metadata.entity' : null;
    await store.noteMetadata(transaction, id, wrong);
    if ('issue' in read || wrong !== null) return;
    const held = (await holdAuthenticator(transaction, id, 'change')) as SamlAuthenticator;
    const { certificates, proposedCertificates, metadataUrl } = held.settings;
    if (metadataUrl !== before.settings.metadataUrl) return;
    const found = newKeys(certificates, read.metadata.certificates) ?? [];
    if (newKeys(proposedCertificates, found) === null) return;
    await store.setSettings(transaction, id, { ...held.settings, proposedCertificates: [...found] });
    // The provider took its new keys back: nothing waits any more.
    if (found.length === 0) return;
    await recordEvent(transaction, actor, {
      action: 'authenticator.keys-found',
      outcome: 'success',
      details: { authenticator: id, fingerprints: fingerprintsOf(found) },
    });
    await tell(transaction, organisation, id, {
      template: 'provider-keys',
      name: held.name,
      link: pageOf(organisation, id),
    });
  });
}

/** Tells of each certificate once at each of the days, and of one that is found late at the nearest of them alone. */
async function warnOfEnd(organisation: Organisation, id: string, now: Date): Promise<void> {
  const actor = system(organisation);
  await inOrganisation(actor, async (transaction) => {
    const authenticator = await findAuthenticator(transaction, id);
    if (authenticator?.type !== 'saml' || authenticator.state !== 'active') return;
    const { certificates } = authenticator.settings;
    for (const { fingerprint, until, days } of endingSoon(certificates, now)) {
      if (
        !(await store.claimCertificateNotice(transaction, {
          organisationId: organisation.id,
          authenticatorId: id,
          fingerprint,
          days,
        }))
      )
        continue;
      await recordEvent(transaction, actor, {
        action: 'authenticator.certificate-warn',
        outcome: 'success',
        details: { authenticator: id, until: until.toISOString() },
      });
      const letter = {
        template: 'certificate-ends',
        name: authenticator.name,
        until: until.toISOString(),
        days,
      } as const;
      await tell(transaction, organisation, id, { ...letter, link: pageOf(organisation, id) });
    }
  });
}

export interface EndingCertificate {
  readonly fingerprint: string;
  readonly until: Date;
  /** Of {@link NOTICE_DAYS}: the smallest that it is within. */
  readonly days: (typeof NOTICE_DAYS)[number];
}

/**
 * The certificates that end within 60 days, and have not ended. Where another one of the authenticator's goes on for longer
 * the rollover is done already, and nobody needs a warning.
 */
export function endingSoon(certificates: readonly string[], now: Date): EndingCertificate[] {
  const ends = certificates.map((pem) => ({ pem, until: viewCertificate(pem).until }));
  const within = (until: Date, days: number) => until.getTime() - now.getTime() <= days * DAY_MS;
  if (ends.some(({ pem, until }) => !within(until, 60) && viewCertificate(pem).from <= now)) return [];
  return ends
    .filter(({ until }) => until > now && within(until, 60))
    .map(({ pem, until }) => ({
      fingerprint: viewCertificate(pem).fingerprint,
      until,
      days: [...NOTICE_DAYS].reverse().find((days) => within(until, days))!,
    }));
}

async function tell(
  transaction: OrganisationTransaction,
  organisation: Organisation,
  authenticatorId: string,
  letter: Letter,
): Promise<void> {
  const nobody = { id: authenticatorId, permissions: [] };
  const to = { max: TOLD_MAX, permission: 'authenticators.manage' } as const;
  await tellHelpers(transaction, { organisation }, nobody, to, letter);
}

const pageOf = ({ slug }: Organisation, id: string) => `${config().APP_ORIGIN}/${slug}/settings/authenticators/${id}`;

/** The keys of an authenticator, in short, as the journal and the form name them. */
export const fingerprintsOf = (certificates: readonly string[]) =>
  certificates.map((pem) => viewCertificate(pem).fingerprint.slice(0, 23)).join(' ');

/**
 * An administrator's word on keys that were found in the metadata: yes, and they take the place of the present ones; no, and
 * they are forgotten until others are found.
 *
 * @param seen the fingerprints that were shown
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.beyond`; `authenticator.changed` where others wait now;
 * `change.pending`
 */
export async function answerProposedKeys(actor: Actor, id: string, seen: string, accept: boolean): Promise<void> {
  requirePermission(actor, 'authenticators.manage');
  await inOrganisation(actor, async (transaction) => {
    await lockOptions(transaction);
    const held = await holdAuthenticator(transaction, id, 'change');
    if (held.type !== 'saml') throw new Refusal('not-found');
    await refuseBeyond(transaction, actor, id);
    const { proposedCertificates, certificates } = held.settings;
    if (proposedCertificates.length === 0 || fingerprintsOf(proposedCertificates) !== seen) {
      throw new Refusal('authenticator.changed');
    }
    if (accept) await guardConnection(transaction, actor, held);
    const settings: SamlSettings = {
      ...held.settings,
      certificates: accept ? proposedCertificates : certificates,
      proposedCertificates: [],
    };
    await store.setSettings(transaction, id, settings);
    await recordEvent(transaction, actor, {
      action: accept ? 'authenticator.keys-accept' : 'authenticator.keys-refuse',
      outcome: 'success',
      details: { authenticator: id, fingerprints: seen },
    });
  });
}

/** How the last look at an authenticator's metadata ended, for its page. @throws {Refusal} `permission.missing` */
export async function findMetadataState(
  actor: Actor,
  id: string,
): Promise<{ readonly checkedAt: Date; readonly fault: string | null } | null> {
  requirePermission(actor, 'authenticators.manage');
  return reading(actor, (transaction) => store.findMetadataState(transaction, id));
}
