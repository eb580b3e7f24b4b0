import { describe, expect, it } from 'vitest';
import { actorOfToken, openSessionOf, signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeEnrolledPerson, makeOrganisation, operatorOf, refusalOf, reread } from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { findPendingChange, keepChange, rollBackOverdueChanges, takeChangeBack } from '@/lib/changes/service';
import { hashToken } from '@/lib/crypto/tokens';
import type { Organisation } from '@/lib/organisations/model';
import { decide } from '@/lib/policy/decision';
import { sessionFacts } from '@/lib/sessions/facts';
import { findOpenSession } from '@/lib/sessions/store';
import type { OptionValues } from './draft';
import { changeOptions, loadOptionsGrid, setOption, settingsOf } from './service';

const database = useDatabase();

interface House {
  readonly organisation: Organisation;
  readonly actor: Actor;
  readonly token: string;
}

async function house(options = {}): Promise<House> {
  const organisation = await makeOrganisation(options);
  return { organisation, ...(await signedInPerson(organisation, 'administrator')) };
}

async function save({ actor, token }: Pick<House, 'actor' | 'token'>, values: OptionValues) {
  const session = await findOpenSession(hashToken(token));
  return changeOptions(actor, session!, { version: (await loadOptionsGrid(actor)).version, values });
}

/** The same person in another request. */
const later = (actor: Actor): Actor => ({ ...actor, origin: { ...actor.origin, requestId: crypto.randomUUID() } });
const optionsOf = async ({ slug }: Organisation) => (await settingsOf(await reread(slug))).options;
const changeOf = async (actor: Actor) => (await findPendingChange(actor, 'options'))!;
const letTimePass = ({ id }: Organisation) =>
  database.owner`update pending_changes set confirm_until = now() - interval '1 second' where organisation_id = ${id}`;
const eventsOf = async ({ id }: Organisation) =>
  (
    await database.owner<{ action: string }[]>`
      select action from audit_events where organisation_id = ${id} and action like 'change.%' order by id`
  ).map(({ action }) => action);

/** What the next request with this session is told. */
async function stepOf(token: string): Promise<string> {
  const session = await findOpenSession(hashToken(token));
  return decide(sessionFacts(session!, await settingsOf(session!.organisation), '203.0.113.7')).step;
}

describe('GUARD-2 mandatory MFA of employees', () => {
  it('GUARD-2 what nobody confirms is put back as it was, once, by two instances at once, and counts at the next request', async () => {
    const { organisation, actor, token } = await house();
    await setOption(operatorOf(organisation), 'mfaGraceDays', 5);
    expect(await save({ actor, token }, { internalMFA: 'mandatory', mfaGraceDays: 0 })).toBe('saved');
    expect(await stepOf(token)).toBe('enrol');
    expect(await changeOf(actor)).toMatchObject({ madeBy: actor.account.id, madeByName: 'Mireille Bérubé' });
    expect(await rollBackOverdueChanges(), 'ten minutes are not over').toBe(0);

    const { settingsVersion } = await reread(organisation.slug);
    await letTimePass(organisation);
    const done = await Promise.all(Array.from({ length: 6 }, () => rollBackOverdueChanges()));
    expect(done.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect((await reread(organisation.slug)).settingsVersion).toBeGreaterThan(settingsVersion);
    expect(await optionsOf(organisation)).toMatchObject({ internalMFA: 'on-demand', mfaGraceDays: 5 });
    expect(await stepOf(token)).toBe('signed-in');
    // What had never been set is again as never set; what the operator had set is the operator's again.
    const { changes } = await loadOptionsGrid(actor);
    expect(changes.internalMFA).toBeUndefined();
    expect(changes.mfaGraceDays).toMatchObject({ by: 'operator' });
    expect(await eventsOf(organisation)).toEqual(['change.roll-back']);
    expect(await refusalOf(keepChange(later(actor), 'options', crypto.randomUUID()))).toBe('change.over');
  });

  it('GUARD-2 confirmed from another request it stays; the request that made it can’t confirm it', async () => {
    const { organisation, actor, token } = await house();
    await save({ actor, token }, { internalMFA: 'mandatory' });
    const { id } = await changeOf(actor);
    expect(await refusalOf(keepChange(actor, 'options', id))).toBe('change.over');
    await keepChange(later(actor), 'options', id);
    expect(await findPendingChange(actor, 'options')).toBeNull();
    await letTimePass(organisation);
    expect(await rollBackOverdueChanges()).toBe(0);
    expect((await optionsOf(organisation)).internalMFA).toBe('mandatory');
    expect(await refusalOf(takeChangeBack(later(actor), 'options', id))).toBe('change.over');
    expect(await eventsOf(organisation)).toEqual(['change.confirm']);
  });

  it('GUARD-2 « Garder » and « Annuler le changement » at the same moment: one of them counts, wholly', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { organisation, actor, token } = await house();
      await save({ actor, token }, { internalMFA: 'mandatory' });
      const { id } = await changeOf(actor);
      const outcomes = await Promise.all([
        refusalOf(keepChange(later(actor), 'options', id)),
        refusalOf(takeChangeBack(later(actor), 'options', id)),
      ]);
      expect(outcomes.filter((outcome) => outcome === 'change.over')).toHaveLength(1);
      const kept = outcomes[1] === 'change.over';
      expect((await optionsOf(organisation)).internalMFA).toBe(kept ? 'mandatory' : 'on-demand');
      expect(await eventsOf(organisation)).toEqual([kept ? 'change.confirm' : 'change.take-back']);
    }
  });

  it('GUARD-2 while one waits nobody changes an option in the grid, whoever they are; another administrator may keep it', async () => {
    const { organisation, actor, token } = await house();
    const marc = await signedInPerson(organisation, 'administrator');
    await save({ actor, token }, { internalMFA: 'mandatory' });
    expect(await refusalOf(save(marc, { mfaRememberDeviceDays: 3 }))).toBe('change.pending');
    expect((await optionsOf(organisation)).mfaRememberDeviceDays).toBe(0);
    await keepChange(later(marc.actor), 'options', (await changeOf(marc.actor)).id);
    expect(await save(marc, { mfaRememberDeviceDays: 3 })).toBe('saved');
  });

  it('GUARD-2 of ten who make it mandatory in the same moment one change waits', async () => {
    const organisation = await makeOrganisation();
    const everybody = await Promise.all(
      Array.from({ length: 10 }, () => signedInPerson(organisation, 'administrator')),
    );
    const version = (await loadOptionsGrid(everybody[0]!.actor)).version;
    const outcomes = await Promise.all(
      everybody.map(async ({ actor, token }) => {
        const session = await findOpenSession(hashToken(token));
        const change = changeOptions(actor, session!, { version, values: { internalMFA: 'mandatory' } });
        return change.catch((error: { code?: string }) => error.code);
      }),
    );
    // Whoever comes after it finds nothing left to change.
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => 'saved'));
    const [row] = await database.owner`
      select count(*)::int as count from pending_changes where organisation_id = ${organisation.id}`;
    expect(row).toEqual({ count: 1 });
  });

  it('GUARD-2 what keeps no administrator out waits for nobody: parents, a milder rule, another option', async () => {
    const { actor, token } = await house({ internalMFA: 'on-demand' });
    expect(await save({ actor, token }, { portalMFA: 'mandatory', externalMFA: 'mandatory' })).toBe('saved');
    expect(await save({ actor, token }, { internalMFA: 'off', mfaGraceDays: 3 })).toBe('saved');
    expect(await findPendingChange(actor, 'options')).toBeNull();
    // Back from off, a code is asked again of whoever has a factor.
    expect(await save({ actor, token }, { internalMFA: 'on-demand' })).toBe('saved');
    expect(await findPendingChange(actor, 'options')).not.toBeNull();
  });

  it('GUARD-2 LOC-6 required approval of employees’ browsers waits too; a letter about them does not', async () => {
    const { organisation, actor, token } = await house();
    await save({ actor, token }, { internalDeviceApproval: 'notify', portalDeviceApproval: 'required' });
    expect(await changeOf(actor)).toBeNull();
    await save({ actor, token }, { internalDeviceApproval: 'required' });
    expect(await stepOf(token)).toBe('signed-in');
    await letTimePass(organisation);
    expect(await rollBackOverdueChanges()).toBe(1);
    expect((await optionsOf(organisation)).internalDeviceApproval).toBe('notify');
  });

  it('GUARD-2 RUN-7 the operator waits for nobody, and what they set meanwhile is not put back', async () => {
    const { organisation, actor, token } = await house();
    await save({ actor, token }, { internalMFA: 'mandatory', mfaGraceDays: 4 });
    await setOption(operatorOf(organisation), 'internalMFA', 'off');
    await takeChangeBack(actor, 'options', (await changeOf(actor)).id);
    expect(await optionsOf(organisation)).toMatchObject({ internalMFA: 'off', mfaGraceDays: 0 });
    await setOption(operatorOf(organisation), 'internalMFA', 'mandatory');
    expect(await findPendingChange(actor, 'options')).toBeNull();
  });

  it('GUARD-2 an administrator who must enrol because of it confirms once enrolled', async () => {
    const { organisation, actor, token } = await house();
    await save({ actor, token }, { internalMFA: 'mandatory' });
    expect(await stepOf(token)).toBe('enrol');
    const enrolled = await makeEnrolledPerson(organisation);
    await database.owner`update factors set account_id = ${actor.account.id} where account_id = ${enrolled.id}`;
    const fresh = await openSessionOf(organisation, actor.account.id);
    expect(await stepOf(fresh)).toBe('signed-in');
    const again = await actorOfToken(fresh);
    await keepChange(again, 'options', (await changeOf(again)).id);
    expect((await optionsOf(organisation)).internalMFA).toBe('mandatory');
  });

  it('ACC-4 ACC-6 nobody without options.manage keeps it or takes it back, nor anybody of another house', async () => {
    const { organisation, actor, token } = await house();
    await save({ actor, token }, { internalMFA: 'mandatory' });
    const { id } = await changeOf(actor);
    const locations = (await signedInPerson(organisation, ['locations.manage'])).actor;
    const stranger = (await house()).actor;
    for (const [who, told] of [
      [locations, 'permission.missing'],
      [stranger, 'change.over'],
    ] as const) {
      expect(await refusalOf(keepChange(who, 'options', id))).toBe(told);
      expect(await refusalOf(takeChangeBack(who, 'options', id))).toBe(told);
    }
    expect(await refusalOf(keepChange(locations, 'places', id)), 'by way of another subject').toBe(
      'change.by-administrator',
    );
    expect(await refusalOf(takeChangeBack(locations, 'places', id))).toBe('change.over');
    expect(await findPendingChange(actor, 'options')).not.toBeNull();
  });
});
