import { expect } from '@playwright/test';
import { readQrCode } from '../fixtures/phone';
import { remember } from '../fixtures/typed';
import type { Visit } from './visit';

/** Setting a factor up, step by step (ENROL-1): while signing in, or in My account. */
export class EnrolmentScreen {
  constructor(
    private readonly visit: Visit,
    /** The address of the first step. */
    readonly base: string,
  ) {}

  static whileSigningIn(visit: Visit, slug: string): EnrolmentScreen {
    return new EnrolmentScreen(visit, `/${slug}/sign-in/enrol`);
  }

  static inAccount(visit: Visit, slug: string): EnrolmentScreen {
    return new EnrolmentScreen(visit, `/${slug}/account/enrol`);
  }

  async at(step: '' | `/${string}`): Promise<void> {
    await expect(this.visit.page).toHaveURL(new RegExp(`${this.base}${step}$`));
  }

  async #next(): Promise<void> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('button', { name: words.next, exact: true }));
  }

  async begin(): Promise<void> {
    await this.at('');
    await this.#next();
    await this.at('/method');
    // The page took the place of another: whoever hears it is told where they are.
    if (this.visit.script) await expect(this.visit.page.getByRole('heading', { level: 1 })).toBeFocused();
  }

  /** « Choisir » on the card of a method, named as the page names it. */
  async chooseMethod(method = this.visit.words.appMethod): Promise<void> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('button', { name: `${words.choose} ${method}`, exact: true }));
    if (method === words.appMethod) await this.at('/phone');
  }

  async choosePhone(phone?: string): Promise<void> {
    const { hand, page } = this.visit;
    if (phone !== undefined) await hand.choose(page.getByRole('radio', { name: phone }));
    await this.#next();
    await this.at('/app');
  }

  async chooseApp(app?: string): Promise<void> {
    const { hand, page } = this.visit;
    if (app !== undefined) await hand.choose(page.getByRole('radio', { name: app }));
    await this.#next();
    await this.at('/scan');
  }

  /** From the first page to the square. */
  async walkToSquare(): Promise<void> {
    await this.begin();
    await this.chooseMethod();
    await this.choosePhone();
    await this.chooseApp();
  }

  get square() {
    return this.visit.page.getByRole('img', { name: /QR/ });
  }

  /** Holds a real reader before the screen; gives back what it read. */
  async scan(): Promise<URL> {
    await this.square.scrollIntoViewIfNeeded();
    const read = new URL(readQrCode(await this.visit.page.screenshot()));
    remember(read.searchParams.get('secret')!);
    return read;
  }

  /** « Difficulté à capturer »: the key, as a person would type it. */
  async showKey(): Promise<string> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('link', { name: words.trouble }));
    await this.at('/key');
    const key = await this.key.innerText();
    remember(key.replace(/\s/g, ''));
    return key;
  }

  get key() {
    return this.visit.page.locator('[aria-labelledby="key-label"]');
  }

  async backToSquare(): Promise<void> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('link', { name: words.back, exact: true }).first());
    await this.at('/scan');
  }

  get field() {
    return this.visit.page.getByLabel(this.visit.words.code);
  }

  get error() {
    return this.visit.page.locator('#code-error');
  }

  get confirmButton() {
    const { page, words } = this.visit;
    const name = this.base.includes('/sign-in/') ? words.connect : words.activate;
    return page.getByRole('button', { name, exact: true });
  }

  /** Types a code and sends it, right or wrong. */
  async enter(code: string): Promise<void> {
    remember(code.replace(/\D/g, ''));
    await this.visit.hand.type(this.field, code);
    await this.visit.hand.press(this.confirmButton);
  }

  /** The recovery codes that the page shows. */
  async recoveryCodes(): Promise<string[]> {
    await this.at('/codes');
    const codes = (await this.visit.page.locator('ol[translate=no] li').allInnerTexts()).map((code) => code.trim());
    remember(...codes, ...codes.map((code) => code.replaceAll('-', '')));
    return codes;
  }

  /** What « Télécharger » saves. */
  async download(): Promise<{ name: string; text: string; method: string }> {
    const { hand, page, words } = this.visit;
    const [download, request] = await Promise.all([
      page.waitForEvent('download'),
      page.waitForRequest((asked) => asked.url().includes('/recovery-codes')),
      hand.press(page.getByRole('button', { name: words.download })),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return {
      name: download.suggestedFilename(),
      text: Buffer.concat(chunks).toString('utf8'),
      method: request.method(),
    };
  }

  async finish(): Promise<void> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('button', { name: words.finish, exact: true }));
  }
}
