import { describe, expect, it } from 'vitest';
import { actorOfToken, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  operatorOf,
  refusalOf,
  reread,
  tally,
} from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import type { Organisation } from '@/lib/organisations/model';
import { findOpenSession } from '@/lib/sessions/store';
import type { OptionValues } from './draft';
import { changeOptions, loadOptionsGrid, reviewOptions, setOption, settingsOf } from './service';

const database = useDatabase();

interface Administrator {
  readonly id: string;
  readonly token: string;
  readonly actor: Actor;
}

/** What the session of an administrator says of them, at this moment. */
const standing = async ({ token }: Administrator) => (await findOpenSession(hashToken(token)))!;

/** Saves what an administrator wishes, as from a form that was drawn at this version. */
const save = async (who: Administrator, version: number, values: OptionValues) =>
  changeOptions(who.actor, await standing(who), { version, values });

const versionOf = async ({ actor }: Administrator) => (await loadOptionsGrid(actor)).version;
const optionsOf = async ({ slug }: Organisation) => (await settingsOf(await reread(slug))).options;
const changesOf = async (organisation: Organisation) =>
  database.owner<{ actor_id: string | null; details: Record<string, unknown> }[]>`
    select actor_id, details from audit_events
    where organisation_id = ${organisation.id} and action = 'option.change' order by id`;

describe('OPT-1 changing options', () => {
  it('OPT-1 MFA-8 all of them or none, each with its event, and who changed it last stands in the grid', async () => {
    const organisation = await makeOrganisation();
    const odile = await signedInPerson(organisation, 'administrator');
    const help = { name: 'Odile Tremblay', telephone: '514 555-0100', email: 'aide@erables.test', hours: '' };
    const values = { internalMFA: 'mandatory', mfaGraceDays: 7, helpContact: help } as const;
    expect(await save(odile, await versionOf(odile), values)).toBe('saved');
    expect(await optionsOf(organisation)).toMatchObject(values);
    const grid = await loadOptionsGrid(odile.actor);
    expect(grid.changes.internalMFA).toMatchObject({ by: { name: 'Mireille Bérubé' } });
    expect(grid.changes.portalMFA).toBeUndefined();
    const events = await changesOf(organisation);
    expect(events.map(({ actor_id }) => actor_id)).toEqual([odile.id, odile.id, odile.id]);
    expect(events.map(({ details }) => details)).toEqual([
      { key: 'internalMFA', before: 'on-demand', after: 'mandatory' },
      { key: 'mfaGraceDays', before: 0, after: 7 },
      { key: 'helpContact', changed: ['name', 'telephone', 'email'] },
    ]);
    expect(JSON.stringify(events)).not.toContain('Odile');
  });

  it('ACC-4 who lacks options.manage sees, reviews and changes nothing', async () => {
    const organisation = await makeOrganisation();
    const auditor = await signedInPerson(organisation, 'auditor');
    const draft = { version: 99, values: { mfaGraceDays: 5 }, seen: {} };
    expect(await refusalOf(loadOptionsGrid(auditor.actor))).toBe('permission.missing');
    expect(await refusalOf(reviewOptions(auditor.actor, await standing(auditor), draft))).toBe('permission.missing');
    expect(await refusalOf(changeOptions(auditor.actor, await standing(auditor), draft))).toBe('permission.missing');
    expect((await optionsOf(organisation)).mfaGraceDays).toBe(0);
  });

  it('MFA-8 a shorter session counts for the sessions that are open, a longer one doesn’t', async () => {
    const organisation = await makeOrganisation();
    const odile = await signedInPerson(organisation, 'administrator');
    const limits = async () => {
      const [row] = await database.owner`
        select idle_minutes, round(extract(epoch from absolute_until - created_at)) as seconds
        from sessions where account_id = ${odile.id}`;
      return row;
    };
    expect(await limits()).toEqual({ idle_minutes: 60, seconds: '3600' });
    await save(odile, await versionOf(odile), { sessionIdleMinutes: 10, sessionHours: 12 });
    expect(await limits()).toEqual({ idle_minutes: 10, seconds: '3600' });
    await database.owner`update sessions set created_at = created_at - interval '3 hours' where account_id = ${odile.id}`;
    const review = await reviewOptions(odile.actor, await standing(odile), {
      version: await versionOf(odile),
      values: { sessionHours: 2 },
      seen: { sessionHours: 12 },
    });
    expect(review.own).toBe('ends');
    await setOption(operatorOf(organisation), 'sessionHours', 2);
    expect(await findOpenSession(hashToken(odile.token))).toBeNull();
  });
});

describe('OPT-2 two administrators', () => {
  it('OPT-2 the second is told what the first changed, and nothing is written', async () => {
    const organisation = await makeOrganisation();
    const odile = await signedInPerson(organisation, 'administrator');
    const marc = await signedInPerson(organisation, 'administrator');
    const version = await versionOf(odile);
    expect(await save(marc, version, { portalMFA: 'off' })).toBe('saved');
    expect(await save(odile, version, { portalMFA: 'mandatory', mfaGraceDays: 3 })).toBe('overtaken');
    expect(await optionsOf(organisation)).toMatchObject({ portalMFA: 'off', mfaGraceDays: 0 });
    const review = await reviewOptions(odile.actor, await standing(odile), {
      version,
      values: { portalMFA: 'mandatory', mfaGraceDays: 3 },
      seen: { portalMFA: 'on-demand', mfaGraceDays: 0 },
    });
    expect(review.changes).toMatchObject([
      { key: 'portalMFA', before: 'off', overtaken: { seen: 'on-demand', by: { name: 'Mireille Bérubé' } } },
      { key: 'mfaGraceDays', before: 0, overtaken: null },
    ]);
    // Having seen it, she decides again.
    expect(await save(odile, review.version, { portalMFA: 'mandatory', mfaGraceDays: 3 })).toBe('saved');
  });

  it('OPT-2 what another changed elsewhere, or back and forth, is told too; other options are in nobody’s way', async () => {
    const organisation = await makeOrganisation();
    const odile = await signedInPerson(organisation, 'administrator');
    const version = await versionOf(odile);
    await setOption(operatorOf(organisation), 'mfaGraceDays', 9);
    expect(await save(odile, version, { portalMFA: 'mandatory' })).toBe('saved');
    await setOption(operatorOf(organisation), 'mfaGraceDays', 0);
    expect(await save(odile, version, { mfaGraceDays: 5 })).toBe('overtaken');
  });

  it('OPT-2 of ten who save at the very same moment one succeeds, and nothing is overwritten', async () => {
    const organisation = await makeOrganisation();
    const everybody = await Promise.all(
      Array.from({ length: 10 }, () => signedInPerson(organisation, 'administrator')),
    );
    const version = await versionOf(everybody[0]!);
    const outcomes = await Promise.all(
      everybody.map((one, index) => save(one, version, { mfaGraceDays: index + 1, mfaRememberDeviceDays: index + 1 })),
    );
    expect(tally(outcomes)).toEqual({ saved: 1, overtaken: 9 });
    const winner = outcomes.indexOf('saved') + 1;
    expect(await optionsOf(organisation)).toMatchObject({ mfaGraceDays: winner, mfaRememberDeviceDays: winner });
    expect(await changesOf(organisation)).toHaveLength(2);
  });
});

describe('MFA-9 who is touched', () => {
  it('MFA-9 counts and names the enrolled, those to enrol and those outside; the suspended don’t count', async () => {
    const organisation = await makeOrganisation();
    const odile = await signedInPerson(organisation, 'administrator');
    await makeEnrolledPerson(organisation, { firstName: 'Marc', lastName: 'Gagnon' });
    for (let index = 0; index < 12; index += 1) {
      await makePerson(organisation, { firstName: 'Léa', lastName: `Roy ${String.fromCharCode(97 + index)}` });
    }
    const sso = await makePerson(organisation, { firstName: 'Karim', lastName: 'Benali' });
    const gone = await makePerson(organisation);
    await makePerson(organisation, { kind: 'parent' });
    await database.owner`update accounts set status = 'suspended' where id = ${gone.id}`;
    await database.owner`
      with saml as (insert into authenticators (organisation_id, name, type)
        values (${organisation.id}, 'Okta', 'saml') returning id)
      update accounts set authenticator_id = (select id from saml) where id = ${sso.id}`;
    const version = await versionOf(odile);
    const draft = {
      version,
      values: { internalMFA: 'mandatory' as const },
      seen: { internalMFA: 'on-demand' as const },
    };
    const { adoption, own } = await reviewOptions(odile.actor, await standing(odile), draft);
    expect(own).toBe('enrols');
    const found = Object.fromEntries(adoption.map(({ standing: at, ...rest }) => [at, rest]));
    expect(found).toMatchObject({
      enrolled: { kind: 'employee', total: 1, names: ['Marc Gagnon'] },
      'to-enrol': { kind: 'employee', total: 13 },
      external: { kind: 'employee', total: 1, names: ['Karim Benali'] },
    });
    expect(found['to-enrol']!.names.slice(0, 3)).toEqual(['Mireille Bérubé', 'Léa Roy a', 'Léa Roy b']);
    expect(found['to-enrol']!.names).toHaveLength(10);
  });

  it('MFA-9 RESET-2 warns of whoever nobody else could reset, and only where MFA becomes mandatory', async () => {
    const organisation = await makeOrganisation();
    const odile = await signedInPerson(organisation, 'administrator');
    await signedInPerson(organisation, 'account-manager');
    await signedInPerson(organisation, 'account-manager');
    const review = async (values: OptionValues) =>
      (await reviewOptions(odile.actor, await standing(odile), { version: await versionOf(odile), values, seen: {} }))
        .beyondHelp;
    expect(await review({ internalMFA: 'mandatory' })).toEqual(['Mireille Bérubé']);
    expect(await review({ internalMFA: 'off' })).toBeNull();
    await signedInPerson(organisation, 'administrator');
    expect(await review({ internalMFA: 'mandatory' })).toEqual([]);
  });
});

describe('GUARD-1 nobody shuts themselves out', () => {
  it('GUARD-1 a change after which the saver could not come in is refused; the operator can do it', async () => {
    const organisation = await makeOrganisation();
    const odile = await signedInPerson(organisation, 'administrator');
    const version = await versionOf(odile);
    const own = await standing(odile);
    const closed = { ...own, facts: { ...own.facts, authenticator: { ...own.facts.authenticator, active: false } } };
    const draft = { version, values: { internalMFA: 'mandatory' as const }, seen: {} };
    expect(await refusalOf(changeOptions(odile.actor, closed, draft))).toBe('options.shut-out');
    expect((await reviewOptions(odile.actor, closed, draft)).own).toBe('shut-out');
    expect((await optionsOf(organisation)).internalMFA).toBe('on-demand');
    await setOption(operatorOf(organisation), 'internalMFA', 'mandatory');
    expect((await optionsOf(organisation)).internalMFA).toBe('mandatory');
  });

  it('GUARD-1 MFA-1 switching MFA back on asks the saver who has a factor for a code', async () => {
    const organisation = await makeOrganisation({ internalMFA: 'off' });
    const odile = await signedInPerson(organisation, 'administrator');
    const enrolled = await makeEnrolledPerson(organisation, { role: 'administrator' });
    await database.owner`update factors set account_id = ${odile.id} where account_id = ${enrolled.id}`;
    await database.owner`update sessions set factor_verified_at = null where account_id = ${odile.id}`;
    const draft = { version: await versionOf(odile), values: { internalMFA: 'on-demand' as const }, seen: {} };
    const actor = await actorOfToken(odile.token);
    expect((await reviewOptions(actor, await standing(odile), draft)).own).toBe('signs-in-again');
    expect(await changeOptions(actor, await standing(odile), draft)).toBe('saved');
  });
});
