import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Operator } from '@/lib/actors/model';
import { EXPORT_FORMATS, exportAudit } from '@/lib/audit/export/service';
import { readAuditQuery } from '@/lib/audit/search/query';
import type { SealFault, SealMark, Verification } from '@/lib/audit/seals/model';
import { dropOldAudit, RETENTION_MONTHS_MIN } from '@/lib/audit/retention/service';
import { verifyAudit } from '@/lib/audit/seals/service';
import { ORGANISATION, operatorIn, operatorsEverywhere, Refused, type Command } from './command';

export const verifyAuditCommand: Command = {
  name: 'audit verify',
  summary: 'Recomputes the chain of seals from the events, and names the first thing that doesn’t fit.',
  options: {
    org: { value: 'SLUG', help: 'one organisation; left out: all of them' },
    expect: { value: 'NUMBER:DIGEST', help: 'a seal as an earlier verification printed it; needs --org' },
  },
  remarks:
    'Keep the printed head outside of the database: held against a later verification, it shows also an end that was cut off.',
  async run(given) {
    const slug = given.option('org');
    const expected = given.has('expect') ? markIn(given.option('expect')) : undefined;
    if (expected !== undefined && slug === '')
      throw new Refused('--expect belongs to one organisation: name it by --org');
    const operators = slug === '' ? await operatorsEverywhere() : [await operatorIn(slug)];
    let wrong = 0;
    for (const operator of operators) {
      const verification = await verifyAudit(operator, { expected });
      if (verification.fault !== null) wrong += 1;
      console.log(lineOf(operator, verification));
    }
    if (wrong > 0)
      throw new Refused(`The audit of ${wrong} of ${operators.length} organisations is not what was sealed`);
    return null;
  },
};

function markIn(typed: string): SealMark {
  const [, number, digest] = /^([1-9][0-9]{0,14}):([0-9a-f]{64})$/i.exec(typed) ?? [];
  if (number === undefined || digest === undefined) {
    throw new Refused('--expect must be NUMBER:DIGEST, as an earlier verification printed it');
  }
  return { number: Number(number), digest: digest.toLowerCase() };
}

const FAULTS: Record<SealFault, string> = {
  'seal-missing': 'is missing',
  'seal-broken': 'does not follow from the one before it',
  'seal-changed': 'says another number of events than it was made of',
  'event-removed': 'covers more events than are there: some were removed',
  'event-added': 'covers fewer events than are there: some were added',
  'event-changed': 'does not fit its events: they, or it, were changed',
  'event-unsealed': 'stands where everything is sealed, under no seal: it was added, or its seal was taken away',
  'expected-missing': 'was expected and is not there: the end of the chain was cut off',
  'expected-other': 'is another than the expected one: the chain was made anew',
  'checkpoint-forged': 'is said to end what was dropped, and no event says so: months were taken away unrecorded',
};

function lineOf(
  { organisation }: Operator,
  { seals, events, droppedSeals, unsealed, head, fault }: Verification,
): string {
  const gone = droppedSeals === 0 ? '' : `; the events of the first ${droppedSeals} seals were dropped`;
  const counted = `${seals} seals over ${events} events are right${gone}; ${unsealed} newest events are not sealed yet`;
  const end = head === null ? 'there is no seal' : `head ${head.number}:${head.digest}`;
  if (fault === null) return `${organisation.slug}: right. ${counted}; ${end}`;
  const what = fault.seal === null ? `event ${fault.event}` : `seal ${fault.seal}`;
  return `${organisation.slug}: WRONG. ${what} ${FAULTS[fault.kind]}. Before it, ${counted}; ${end}`;
}

export const exportAuditCommand: Command = {
  name: 'audit export',
  summary: 'Writes the events of an organisation, newest first, as CSV or JSON Lines.',
  options: {
    org: ORGANISATION,
    format: { value: EXPORT_FORMATS.join('|'), help: 'how it is written', initial: 'jsonl' },
    from: { value: 'DAY', help: 'the first day, as 2026-11-22, in the organisation’s time zone' },
    until: { value: 'DAY', help: 'the last day' },
    file: { value: 'PATH', help: 'a file that is not there yet; left out: standard output' },
  },
  async run(given) {
    const operator = await operatorIn(given.option('org'));
    const format = EXPORT_FORMATS.find((one) => one === given.option('format'));
    if (format === undefined) throw new Refused(`--format must be ${EXPORT_FORMATS.join(' or ')}`);
    const { query, invalid } = readAuditQuery({ from: given.option('from'), until: given.option('until') });
    if (query === null) throw new Refused(`--${Object.keys(invalid)[0]} must be a day, as 2026-11-22`);
    const path = given.option('file');
    const { portions } = await exportAudit(operator, query, format);
    try {
      if (path === '') await pipeline(Readable.from(portions), process.stdout, { end: false });
      else await pipeline(Readable.from(portions), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever reads it has seen enough.
      if (code === 'EPIPE' && path === '') return null;
      if (code === 'EEXIST') throw new Refused(`${path} is there already`);
      if (path !== '' && ['ENOENT', 'EACCES', 'EISDIR', 'ENOSPC', 'EROFS'].includes(code ?? '')) {
        throw new Refused(`${path} can't be written (${code})`);
      }
      throw error;
    }
    return path === '' ? null : `Wrote ${path}.`;
  },
};

export const pruneAuditCommand: Command = {
  name: 'audit prune',
  summary: 'Drops whole months of the audit, of all organisations, that are older than is to be kept.',
  options: {
    keep: { value: 'MONTHS', help: `how many months are kept: ${RETENTION_MONTHS_MIN} or more`, required: true },
  },
  remarks:
    'Needs the owner’s login. Leaves a sealed checkpoint, from which audit verify goes on. Export first what must be kept elsewhere.',
  async run(given) {
    const typed = given.option('keep');
    const months = /^\d{1,4}$/.test(typed) ? Number(typed) : 0;
    if (months < RETENTION_MONTHS_MIN) throw new Refused(`--keep must be ${RETENTION_MONTHS_MIN} months or more`);
    const dropped = await dropOldAudit(months);
    if (dropped.waiting !== null)
      throw new Refused(`${dropped.waiting} has events that are not sealed yet: try again later`);
    return dropped.months === 0
      ? 'Nothing is older than that.'
      : `Dropped ${dropped.months} months with ${dropped.events} events.`;
  },
};
