import { randomBytes } from 'node:crypto';
import { PNG } from 'pngjs';
import { actionOfBuild, actionsOfBuild, HandMadeClient, multipart } from './fixtures/hand-made';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { answered } from './screens/answered';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import { WORDS } from './screens/words';

const { required, tooLong, forbidden } = WORDS.fr;
const ZALGO = `Z${'\u0301'.repeat(10_000)}`;

/** A state that an action gives back to the client runtime. */
function stateOf(body: string): { status?: string; code?: string; fields?: Record<string, string> } {
  const line = body.split('\n').find((one) => /^\w+:\{"status"/.test(one));
  return line === undefined ? {} : (JSON.parse(line.slice(line.indexOf(':') + 1)) as object);
}

test('SAFE-5 identifiers: each bad one gives a sentence beside the field, and never an error', async ({ portal }) => {
  const { slug } = await makeOrganisation();
  const client = new HandMadeClient(portal.origin);
  const form = await client.formWith(`/${slug}/sign-in`, 'identifier');
  for (const [identifier, sentence] of [
    ['', required],
    ['   ', required],
    ['a'.repeat(255), tooLong],
    ['a'.repeat(1_000_000), tooLong],
    ['a@b.test\0', forbidden],
    ['Bob\u202Enimda', forbidden],
    ['a@b.test\r\nBcc: x@evil.test', forbidden],
  ] as const) {
    const { status, body } = await client.submit(form, { identifier });
    expect([identifier.slice(0, 30), status]).toEqual([identifier.slice(0, 30), 200]);
    expect(body.includes(`id="identifier-error"`), identifier.slice(0, 30)).toBe(true);
    expect(body.includes(sentence), identifier.slice(0, 30)).toBe(true);
  }
  // What nobody has is treated like what somebody might.
  for (const identifier of [
    'a@b',
    '"a"@evil.test@org.test',
    'a＠org.test',
    'аdmin@org.test',
    "' OR 1=1--@x.test",
    'a@b.test"><script>alert(1)</script>',
    'ı@K.ſ',
    '%00%0a',
    'null',
    '../../etc/passwd',
  ]) {
    const answer = await client.submit(form, { identifier });
    expect([identifier, answer.status, answer.headers.location]).toEqual([
      identifier,
      303,
      `/${slug}/sign-in/password`,
    ]);
    const page = await client.get(`/${slug}/sign-in/password`);
    expect([identifier, page.status]).toEqual([identifier, 200]);
    expect(page.body).not.toContain('<script>alert');
  }
});

test('SAFE-5 passwords: too long is refused before hashing, NUL refused, NFC signs in, spaces count', async ({
  portal,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation, { password: ' Été à Rimouski, bière froide\t' });
  const client = new HandMadeClient(portal.origin);
  await client.identify(slug, person.email);
  const form = await client.formWith(`/${slug}/sign-in/password`, 'password');
  for (const [password, sentence] of [
    ['', required],
    ['x'.repeat(257), tooLong],
    ['x'.repeat(1_000_000), tooLong],
    [`abcde\0${person.password}`, forbidden],
    ['x'.repeat(256), WORDS.fr.wrongPassword],
    [person.password.trim(), WORDS.fr.wrongPassword],
    ['😀'.repeat(15), WORDS.fr.wrongPassword],
  ] as const) {
    const { status, body } = await client.submit(form, { password });
    expect([password.slice(0, 20), status]).toEqual([password.slice(0, 20), 200]);
    expect(body.includes('id="password-error"') && body.includes(sentence), password.slice(0, 20)).toBe(true);
    expect(body.includes('value="xxx'), 'a password is never sent back').toBe(false);
  }
  const answer = await client.submit(form, { password: person.password.normalize('NFD') });
  expect(answer.headers.location).toBe(`/${slug}`);
});

test('SAFE-5 codes: whatever is no code is a failed try, and never an error', async ({ portal }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makeEnrolledPerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.enterPassword(slug, person.email, person.password);
  const form = await client.formWith(`/${slug}/sign-in/verify`, 'code');
  for (const code of [
    '',
    '12345',
    '1234567',
    'abcdef',
    '12345\0',
    '["123456","000000"]',
    '{"$gt":""}',
    '-12345',
    '1e5',
    '½½½½½½',
    ZALGO,
  ]) {
    const { status, body } = await client.submit(form, { code });
    expect([code.slice(0, 20), status]).toEqual([code.slice(0, 20), 200]);
    expect(body.includes('id="code-error"'), code.slice(0, 20)).toBe(true);
  }
  // Two fields of one name, and a file in the place of a word.
  for (const fields of [
    [...Object.entries(form.fields), ['code', '123456'], ['code', '000000']],
    [...Object.entries(form.fields), ['code', Buffer.from('123456')]],
    [...Object.entries(form.fields), ['code', '123456'], ['isAdmin', 'true'], ['__proto__', 'x'], ['constructor', 'y']],
  ] as (readonly [string, string | Buffer])[][]) {
    const { type, body } = multipart(fields);
    const answer = await client.request('POST', form.path, { headers: { 'content-type': type }, body });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('aria-invalid="true"');
  }
  const recovery = await client.formWith(`/${slug}/sign-in/verify/recovery`, 'code');
  for (const code of ['', 'ABCD', 'O0I1-O0I1-O0I1-O0I1', 'x'.repeat(10_000), '\0']) {
    expect([code.slice(0, 9), (await client.submit(recovery, { code })).status]).toEqual([code.slice(0, 9), 200]);
  }
  // None of that used up her tries.
  expect((await client.submit(form, { code: await new Phone(person.secret).nextCode() })).headers.location).toBe(
    `/${slug}`,
  );
});

test('SAFE-5 names: every script of the world round-trips, what harms is refused, and nothing typed is lost', async ({
  arrive,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const { page, words } = visit;
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  const account = new AccountScreen(visit, slug);
  await account.arriveHome('Mireille');
  await account.open();
  const [first, last] = [page.getByLabel(words.firstName), page.getByLabel(words.lastName, { exact: true })];
  const save = page.getByRole('button', { name: words.saveProfile, exact: true });
  for (const name of [
    'Zoë Ó Näme',
    '李小龍',
    'محمد',
    '👨‍👩‍👧',
    '<img src=x onerror=alert(1)>',
    '{{7*7}}',
    '=HYPERLINK("http://evil")',
    'null',
  ]) {
    await first.fill(name);
    await answered(page, () => save.click());
    await expect(page.getByText(words.saved)).toBeVisible();
    await page.goto(`/${slug}/account`);
    await expect(first).toHaveValue(name.normalize('NFC'));
    await expect(page.getByRole('banner')).toContainText(name.normalize('NFC'));
  }
  for (const [name, sentence] of [
    ['\u200B\u200B', words.required],
    ['Bob\u202Enimda', words.forbidden],
    ['Z'.repeat(101), words.tooLong],
  ] as const) {
    await last.fill('Gagnon-Tremblay');
    await first.fill(name);
    await answered(page, () => save.click());
    await expect(page.locator('#firstName-error')).toContainText(sentence);
    await expect(first).toBeFocused();
    await expect(first).toHaveAccessibleDescription(new RegExp(sentence));
    await expect(last, 'what was typed beside it stays').toHaveValue('Gagnon-Tremblay');
  }
});

for (const script of [true, false]) {
  test(`SAFE-5 what was chosen stays when a form is refused${script ? '' : ', with JavaScript off'}`, async ({
    arrive,
    portal,
  }) => {
    const organisation = await makeOrganisation();
    const { slug } = organisation;
    const client = new HandMadeClient(portal.origin);
    await client.signIn(slug, await makePerson(organisation));
    const visit = await arrive({ script });
    const { page, words } = visit;
    await visit.context.addCookies([
      { name: 'vestibule.session', value: client.cookies.get('vestibule.session')!, url: portal.origin },
    ]);
    await page.goto(`/${slug}/account`);
    const [last, language, zone] = ['#lastName', '#language', '#timeZone'].map((id) => page.locator(id));
    const save = page.getByRole('button', { name: words.saveProfile, exact: true });
    await language!.selectOption('en');
    await zone!.selectOption('Europe/Paris');
    await last!.fill('');
    await answered(page, () => save.click());
    await expect(page.locator('#lastName-error')).toContainText(words.required);
    await expect(language!).toHaveValue('en');
    await expect(zone!).toHaveValue('Europe/Paris');
    await last!.fill('Gagnon');
    await answered(page, () => save.click());
    await expect(page.getByText(WORDS.en.saved)).toBeVisible();
    await expect(zone!, 'as the page that it leads to is drawn').toHaveValue('Europe/Paris');
    await page.goto(`/${slug}/account`);
    await expect(last!).toHaveValue('Gagnon');
    await expect(language!).toHaveValue('en');
    await expect(zone!).toHaveValue('Europe/Paris');
  });
}

test('SAFE-5 what a browser would never send: slugs, ids, bodies, actions, origins', async ({ portal, trouble }) => {
  // Next.js writes down, as an error, what it can't read; the answer is what counts here.
  trouble.expect(/^log: /);
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person);
  const answers: [string, number | string][] = [];
  const ask = async (name: string, asked: Promise<{ status: number }>) => {
    answers.push([
      name,
      await asked.then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code ?? 'error',
      ),
    ]);
  };

  for (const path of [
    '/..',
    '/../..',
    '/%2e%2e/%2e%2e',
    '/%00',
    '/%ff',
    '/%E0%A4%A',
    '/%',
    '/api',
    '/_next',
    '/_next/static/../../server.ts',
    '/admin',
    '/PETITS-PAS/sign-in',
    `/${'a'.repeat(5_000)}`,
    `/${slug}/%2e%2e/boreal`,
    '/petits-pas%00/sign-in',
    '/\\evil.test',
    '//evil.test',
    `/${slug}/account/enrol/a/b/c`,
    `/${slug}/sign-in/enrol/__proto__`,
    `/${slug}/sign-in/enrol/constructor`,
    `/${slug}/account?done=__proto__`,
    `/${slug}/account?done=a&done=b`,
    `/${slug}/sign-in?next[]=x`,
    `/${slug}/account/picture?v=NaN`,
    `/${slug};a=1/account`,
    `/${slug}/account.rsc`,
    `/${slug}/account.json`,
    `/.env`,
    '/.next/BUILD_ID',
    '/package.json',
  ]) {
    await ask(`GET ${path.slice(0, 60)}`, client.get(path));
  }
  const profile = actionOfBuild('changeProfile', /account/).id;
  const type = (contentType: string) => ({ 'content-type': contentType, 'next-action': profile });
  const post = (headers: Record<string, string | undefined>, body: string | Buffer) =>
    client.request('POST', `/${slug}/account`, { headers, body });
  const good = multipart([
    ['_1_firstName', 'Eve'],
    ['_1_lastName', 'Autre'],
    ['_1_language', ''],
    ['_1_timeZone', ''],
    ['0', '[{"status":"idle"},"$K1"]'],
  ]);
  for (const [name, origin] of [
    ['foreign', 'https://evil.test'],
    ['null', 'null'],
    ['missing', undefined],
    ['rubbish', '::'],
    ['of another port', 'http://localhost:1'],
  ] as const) {
    const answer = await post({ ...type(good.type), origin }, good.body);
    expect([name, answer.status]).toEqual([name, 403]);
  }
  for (const [name, contentType, body] of [
    ['JSON', 'application/json', '{"firstName":"Eve"}'],
    ['text', 'text/plain', 'x'],
    ['no type', '', 'x'],
    ['flight of rubbish', 'text/plain;charset=UTF-8', '[{"status":'],
    ['flight of references', 'text/plain;charset=UTF-8', '["$1","$2","$3"]'],
    ['flight of a prototype', 'text/plain;charset=UTF-8', '[{"__proto__":{"x":1}},{"then":"$1"}]'],
    ['flight of an array', 'text/plain;charset=UTF-8', '[null,["a","b"]]'],
    ['flight of a string', 'text/plain;charset=UTF-8', '[null,"x"]'],
    ['no arguments', 'text/plain;charset=UTF-8', '[]'],
    ...['null', '"x"', '["$B1"]', '["$S__proto__"]', '["$R1","$r1"]', '["$Q1","$W1"]', '["$A1","$o1"]', '["$F1"]'].map(
      (flight) => [`flight ${flight}`, 'text/plain;charset=UTF-8', flight] as const,
    ),
    [
      'a torn multipart',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n[{"st',
    ],
    ['multipart without a boundary', 'multipart/form-data', 'x'],
    ['an empty body', 'multipart/form-data; boundary=x', ''],
  ] as const) {
    await ask(`action: ${name}`, post(type(contentType), body));
  }
  for (const id of ['', 'x', '0'.repeat(42), `7f${'0'.repeat(40)}`, 'x'.repeat(5_000), '__proto__']) {
    await ask(`unknown action ${id.slice(0, 12)}`, client.call(id, `/${slug}/account`, { a: 'b' }));
  }
  const many = multipart(Array.from({ length: 10_000 }, (_, index) => [`_1_f${index}`, 'x'] as const));
  await ask('ten thousand fields', post(type(many.type), many.body));
  const unknownForm = multipart([
    ['$ACTION_REF_1', ''],
    ['$ACTION_1:0', '{"id":"7f00","bound":"$@1"}'],
    ['$ACTION_1:1', '[]'],
    ['$ACTION_KEY', 'k'],
  ]);
  await ask(
    'a form of an older build',
    client.request('POST', `/${slug}/account`, {
      headers: { 'content-type': unknownForm.type },
      body: unknownForm.body,
    }),
  );
  for (const headers of [
    { cookie: `vestibule.session=${'x'.repeat(7_000)}` },
    { cookie: Array.from({ length: 100 }, (_, index) => `c${index}=x`).join('; ') },
    { cookie: 'vestibule.session=a; vestibule.session=b' },
    { cookie: 'vestibule.session=%ff%00; vestibule.language=de' },
    { 'accept-language': ','.repeat(3_000) },
    { 'user-agent': '\u00ff'.repeat(2_000) },
    { 'next-router-state-tree': '%5B%22' },
    { rsc: '1', 'next-router-segment-prefetch': '/_tree' },
  ]) {
    await ask(`headers ${JSON.stringify(headers).slice(0, 50)}`, client.get(`/${slug}/account`, headers));
  }
  expect(answers.filter(([, status]) => typeof status === 'string' || status >= 500)).toEqual([]);
  const after = await client.get(`/${slug}/account`);
  expect(after.status, 'the process is well').toBe(200);
  expect(after.body).not.toContain('Eve');
});

test('SAFE-5 an old tab, whose action is gone with an older build, is told to reload and breaks nothing', async ({
  portal,
}) => {
  const { slug } = await makeOrganisation();
  const client = new HandMadeClient(portal.origin);
  const answer = await client.call(`7f${'ab'.repeat(20)}`, `/${slug}/sign-in`, { organisation: slug, identifier: 'x' });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});

test('SAFE-5 a body of 5 MB that nobody announced is refused too', async ({ portal }) => {
  const { slug } = await makeOrganisation();
  const client = new HandMadeClient(portal.origin);
  const { type, body } = multipart([
    ['0', '[{"status":"idle"},"$K1"]'],
    ['_1_identifier', 'x'.repeat(5_000_000)],
  ]);
  const answer = await client
    .request('POST', `/${slug}/sign-in`, {
      headers: {
        'content-type': type,
        'next-action': actionOfBuild('identify', /sign-in/).id,
        'transfer-encoding': 'chunked',
      },
      body,
    })
    .catch((error: NodeJS.ErrnoException) => ({ status: error.code, body: '' }));
  expect(answer.status).toBe(413);
});

test('SELF-1 a photo of nearly 2 MB is taken', async ({ portal, database }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person);
  // Noise can't be compressed.
  const noise = new PNG({ width: 800, height: 800, colorType: 2 });
  noise.data.set(randomBytes(noise.data.length));
  const picture = PNG.sync.write(noise, { colorType: 2 });
  expect(picture.length).toBeGreaterThan(1_900_000);
  expect(picture.length).toBeLessThan(2_000_000);
  const answer = await client.call(actionOfBuild('changePicture', /account/).id, `/${slug}/account`, { picture });
  // Next.js answers 303, or 200 where it could fetch the page one is led to.
  expect([200, 303]).toContain(answer.status);
  expect(answer.headers['x-action-redirect']).toContain('done=saved');
  expect(await database`select 1 from pictures where account_id = ${person.id}`).toHaveLength(1);
});

for (const script of [true, false]) {
  test(`SAFE-5 SELF-1 a photo of 5 MB is refused with a sentence${script ? '' : ', with JavaScript off'}`, async ({
    arrive,
    portal,
    trouble,
  }) => {
    // The browser says of itself that the answer was a 413.
    trouble.expect(/console: Failed to load resource.* 413/);
    const organisation = await makeOrganisation();
    const { slug } = organisation;
    const person = await makePerson(organisation);
    const client = new HandMadeClient(portal.origin);
    await client.signIn(slug, person);
    const visit = await arrive({ script });
    const { page } = visit;
    await visit.context.addCookies([
      { name: 'vestibule.session', value: client.cookies.get('vestibule.session')!, url: portal.origin },
    ]);
    await page.goto(`/${slug}/account`);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(5_000_000, 'x') });
    await page.getByRole('button', { name: 'Envoyer la photo' }).click();
    await expect(page.getByText(/dépasse 2\sMo/)).toBeVisible();
  });
}

test('SAFE-5 ids that are no ids, or somebody else’s, are refused beside the act, for every action that takes one', async ({
  portal,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person);
  for (const id of [
    '1',
    '../',
    '0'.repeat(36),
    '00000000-0000-0000-0000-000000000000',
    '{00000000-0000-4000-8000-000000000000}',
    'F47AC10B-58CC-4372-A567-0E02B2C3D479',
    '\0',
    'x'.repeat(100_000),
  ]) {
    const session = await client.call(actionOfBuild('endOne', /account/).id, `/${slug}/account`, { session: id });
    expect([
      id.slice(0, 40),
      session.status,
      ['invalid', 'refused'].includes(stateOf(session.body).status ?? ''),
    ]).toEqual([id.slice(0, 40), 200, true]);
    for (const { id: action } of actionsOfBuild().filter(({ name }) =>
      ['enterPassword', 'enterCode', 'enterRecoveryCode', 'postpone'].includes(name),
    )) {
      const answer = await client.call(action, `/${slug}/sign-in`, {
        organisation: slug,
        attempt: id,
        password: 'x',
        code: '1',
      });
      expect([id.slice(0, 40), answer.status]).toEqual([id.slice(0, 40), 200]);
      expect(['invalid', 'refused']).toContain(stateOf(answer.body).status);
    }
  }
  for (const missing of ['', '..', 'api', 'no-such-place', '\0', "' or 1=1", 'x'.repeat(10_000)]) {
    const answer = await client.call(actionOfBuild('identify', /sign-in/).id, `/${slug}/sign-in`, {
      organisation: missing,
      identifier: 'x',
    });
    expect
      .soft([missing.slice(0, 20), answer.status, stateOf(answer.body).code])
      .toEqual([missing.slice(0, 20), 200, 'organisation.not-found']);
  }
});

test('SIGN-5 « next » leads within the site only, whatever it holds', async ({ portal }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  for (const next of [
    '//evil.test',
    '/\\evil.test',
    '\thttps://evil.test',
    'https:evil',
    'javascript:alert(1)',
    '/%2f%2fevil',
    '/%5cevil.test',
    'https://evil.test',
    `${portal.origin}.evil.test/`,
    `/${slug}/..//evil.test`,
    `/${slug}\\..\\..//evil.test`,
    '/boreal/account',
    `/${slug}-autre`,
    '/api/auth/signout',
    `/${'x'.repeat(8_000)}`,
    `/${slug}/account\r\nLocation: https://evil.test`,
    '',
  ]) {
    const client = new HandMadeClient(portal.origin);
    const form = await client.formWith(`/${slug}/sign-in?next=${encodeURIComponent(next)}`, 'identifier');
    // By hand, past what the page would cut.
    const identified = await client.submit(form, {
      identifier: person.email,
      ...(next.length < 2_048 ? { next } : {}),
    });
    expect(identified.status).toBe(303);
    const answer = await client.submit(await client.formWith(`/${slug}/sign-in/password`, 'password'), {
      password: person.password,
    });
    expect([next.slice(0, 40), answer.headers.location]).toEqual([next.slice(0, 40), `/${slug}`]);
  }
});
