import { describe, expect, it } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal } from '@/e2e/fixtures/external';
import { makeOrganisation, makePerson, refusalOf, tally } from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { saveDefaults } from '@/lib/authenticators/service';
import { checkFile, importAccounts, sendInvitations, viewImport } from './service';

const database = useDatabase();

const HEADING = 'Prénom;Nom;Courriel;Nom d’utilisateur;Profil;Rôle;Langue';
const fileOf = (...lines: string[]) => new Blob([[HEADING, ...lines].join('\r\n')]);
const checked = async (actor: Actor, id: string) => {
  const view = await viewImport(actor, id);
  if (view?.state !== 'checked') throw new Error('There is no report');
  return view;
};
const accountsOf = async (actor: Actor) =>
  (
    await database.owner`select email, username, kind, status, locale from accounts
    where organisation_id = ${actor.organisation.id} and id <> ${actor.account.id} order by email`
  ).map((row) => ({ ...row }));

describe('ACC-2 import', () => {
  it('ACC-2 a dry run makes nothing and names the line and the field of all that is wrong', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'account-manager');
    const taken = await makePerson(organisation, { email: 'deja@x.test', username: 'deja' });
    const id = await checkFile(
      actor,
      fileOf(
        'Zoë;Ó Näme;zoe@x.test;;parent;;français',
        ';Roy;pas-un-courriel;;parent;;',
        'Léa;Roy;DEJA@x.test;DEJA;voisin;;latin',
        'Léa;Roy;ZOE@x.test;a;employé;Administrateur;en',
        'Léa;Roy;lea@x.test;;parent;Gestionnaire de comptes;',
        'Léa;Roy;lea2@x.test;;employé;Rôle inconnu;',
      ),
    );
    const view = await checked(actor, id);
    expect({ ready: view.ready, wrong: view.wrong }).toEqual({ ready: 1, wrong: 5 });
    const issues = Object.fromEntries(
      view.lines.map(({ line, issues: found }) => [line, found.map(({ column, code }) => `${column} ${code}`)]),
    );
    expect(issues).toEqual({
      2: [],
      3: ['firstName text.required', 'email email.invalid'],
      4: ['kind kind.unknown', 'language language.unknown', 'email email.taken', 'username username.taken'],
      5: ['username text.tooShort', 'email email.twice', 'role role.beyond'],
      6: ['role role.not-for-kind'],
      7: ['role role.unknown'],
    });
    expect(await accountsOf(actor)).toMatchObject([{ email: taken.email }]);
    expect(await refusalOf(importAccounts(actor, id, true))).toBe('import.not-ready');
    expect(await accountsOf(actor)).toHaveLength(1);
  });

  it('AUTH-7 says by which authenticator and as whom; without a word of it a provider’s own expect the address', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const { owner } = database;
    const [oidc, saml, off] = await Promise.all([
      makeExternal(owner, organisation),
      makeExternal(owner, organisation, { type: 'saml' }),
      makeExternal(owner, organisation),
    ]);
    for (const [id, name] of [
      [oidc, 'Entra'],
      [saml, 'Écoles'],
      [off, 'Fermé'],
    ] as const) {
      await owner`update authenticators set name = ${name}, active = ${id !== off} where id = ${id}`;
    }
    await saveDefaults(actor, saml, { kinds: ['parent'], roleIds: [] });
    const known = await makePerson(organisation);
    await assign(owner, organisation, known.id, oidc, 'claim(upn):pris@x.test');
    const file = (...lines: string[]) =>
      new Blob([[`${HEADING};Authentificateur;Identité externe`, ...lines].join('\r\n')]);
    const wrong = await checked(
      actor,
      await checkFile(
        actor,
        file(
          'A;B;a@x.test;;employé;;;Inconnu;',
          'A;B;b@x.test;;employé;;;Fermé;',
          'A;B;c@x.test;;employé;;;;claim(upn):c@x.test',
          'A;B;d@x.test;;employé;;;Entra;d@x.test',
          'A;B;e@x.test;;employé;;;entra;claim(upn):pris@x.test',
          'A;B;f@x.test;;employé;;;ENTRA;claim(upn):f@x.test',
          'A;B;g@x.test;;employé;;;Entra;claim(upn):f@x.test',
          'A;B;h@x.test;;parent;;;;G-1 ',
        ),
      ),
    );
    const issues = wrong.lines.map(({ line, issues: found }) => `${line} ${found.map(({ code }) => code).join()}`);
    expect(issues.toSorted()).toEqual([
      '2 authenticator.unknown',
      '3 authenticator.inactive',
      '4 identity.not-external',
      '5 identity.form',
      '6 identity.taken',
      '7 ',
      '8 identity.twice',
      '9 identity.value',
    ]);
    const right = file(
      'A;B;f@x.test;;employé;;;entra;claim(upn):F@x.test',
      'A;B;g@x.test;;employé;;;Entra;',
      'A;B;h@x.test;;parent;;;;',
      'A;B;i@x.test;;parent;;;;G-1',
      'A;B;j@x.test;;externe;;;;',
    );
    await importAccounts(actor, await checkFile(actor, right), false);
    const rows = await owner`
      select a.email, u.name, i.expected from accounts a join authenticators u on u.id = a.authenticator_id
        left join external_identities i on i.account_id = a.id
      where a.organisation_id = ${organisation.id} and a.status = 'invited' order by a.email`;
    expect(
      rows.map(({ email, name, expected }) => [email, name === 'Entra' || name === 'Écoles' ? name : '', expected]),
    ).toEqual([
      ['f@x.test', 'Entra', 'claim(upn):F@x.test'],
      ['g@x.test', 'Entra', 'claim(email):g@x.test'],
      ['h@x.test', 'Écoles', 'h@x.test'],
      ['i@x.test', 'Écoles', 'G-1'],
      ['j@x.test', '', null],
    ]);
  });

  it('ACC-2 makes all of a file once, with usernames of their own, and sends each an invitation', async () => {
    database.useTwoInstances();
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    await makePerson(organisation, { email: 'info@avant.test', username: 'info' });
    const id = await checkFile(
      actor,
      fileOf(
        'A;B;info@un.test;;parent;;en',
        'C;D;info@deux.test;;employé;Auditeur;',
        'E;F;info@trois.test;info2;externe;;',
      ),
    );
    const outcomes = await Promise.all([1, 2, 3].map(() => refusalOf(importAccounts(actor, id, true))));
    expect(tally(outcomes)).toEqual({ done: 1, 'import.expired': 2 });
    expect(await accountsOf(actor)).toMatchObject([
      { email: 'info@avant.test' },
      { email: 'info@deux.test', username: 'info4', kind: 'employee', status: 'invited' },
      { email: 'info@trois.test', username: 'info2', kind: 'external' },
      { email: 'info@un.test', username: 'info3', kind: 'parent', locale: 'en' },
    ]);
    const sent = await Promise.all([sendInvitations(actor, id), sendInvitations(actor, id)]);
    expect(sent[0]! + sent[1]!).toBe(3);
    const mails =
      await database.owner`select from mails where organisation_id = ${organisation.id} and template = 'invitation'`;
    expect(mails).toHaveLength(3);
    expect(await viewImport(actor, id)).toMatchObject({
      state: 'imported',
      accounts: 3,
      invitations: { all: 3, left: 0 },
    });
    const [kept] = await database.owner`select lines_sealed from account_imports where id = ${id}`;
    expect(kept!['lines_sealed']).toBeNull();
  });

  it('ACC-2 is exact where an account came between the dry run and the import: none is made', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const id = await checkFile(actor, fileOf('A;B;un@x.test;;parent;;', 'C;D;deux@x.test;;parent;;'));
    await makePerson(organisation, { email: 'DEUX@x.test' });
    expect(await refusalOf(importAccounts(actor, id, true))).toBe('import.not-ready');
    expect(await accountsOf(actor)).toHaveLength(1);
    expect(await checked(actor, id)).toMatchObject({ ready: 1, wrong: 1 });
  });

  it('ACC-4, ACC-6 belongs to whoever brought it, for an hour', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    const { actor: other } = await signedInPerson(organisation, 'administrator');
    const { actor: auditor } = await signedInPerson(organisation, 'auditor');
    const { actor: stranger } = await signedInPerson(await makeOrganisation(), 'administrator');
    const id = await checkFile(actor, fileOf('A;B;un@x.test;;parent;;'));
    for (const somebody of [other, stranger]) {
      expect(await viewImport(somebody, id)).toBeNull();
      expect(await refusalOf(importAccounts(somebody, id, true))).toBe('import.expired');
    }
    expect(await refusalOf(checkFile(auditor, fileOf('A;B;un@x.test;;parent;;')))).toBe('permission.missing');
    const [row] = await database.owner`select lines_sealed::text as text from account_imports where id = ${id}`;
    expect(Buffer.from(String(row!['text']).slice(2), 'hex').toString('latin1')).not.toContain('un@x.test');
    await database.owner`update account_imports set expires_at = now() - interval '1 second' where id = ${id}`;
    expect(await viewImport(actor, id)).toBeNull();
    expect(await refusalOf(importAccounts(actor, id, true))).toBe('import.expired');
    await database.restricted`select sweep_account_imports()`;
    expect(await database.owner`select from account_imports where id = ${id}`).toHaveLength(0);
  });

  it('ACC-2 makes five thousand accounts in one transaction, within the deadline', async () => {
    const { actor } = await signedInPerson(await makeOrganisation(), 'administrator');
    const lines = Array.from({ length: 5_000 }, (_, i) => `Prénom${i};Nom${i};info@d${i}.test;;parent;;fr`);
    const id = await checkFile(actor, fileOf(...lines));
    expect(await checked(actor, id)).toMatchObject({ ready: 5_000, wrong: 0 });
    await importAccounts(actor, id, false);
    expect(await viewImport(actor, id)).toMatchObject({ accounts: 5_000, invitations: { all: 0, left: 0 } });
    const events = await database.owner`
      select action, count(*)::int as n from audit_events where organisation_id = ${actor.organisation.id} and actor_id = ${actor.account.id}
      group by action order by action`;
    expect(events.map((row) => ({ ...row }))).toEqual([
      { action: 'account.create', n: 5_000 },
      { action: 'account.import', n: 1 },
    ]);
  });
});
