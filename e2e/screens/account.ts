import { expect } from '@playwright/test';
import { remember } from '../fixtures/typed';
import type { Visit } from './visit';

/** The rooms of somebody who is signed in: home and My account. */
export class AccountScreen {
  constructor(
    private readonly visit: Visit,
    private readonly slug: string,
  ) {}

  async arriveHome(firstName: string): Promise<void> {
    const { page, words } = this.visit;
    await expect(page).toHaveURL(new RegExp(`/${this.slug}$`));
    await expect(page.getByRole('heading', { name: words.home(firstName) })).toBeVisible();
  }

  /** By the name at the top right, which leads there from every page. */
  async openByName(name: string): Promise<void> {
    const { hand, page } = this.visit;
    await hand.press(page.getByRole('banner').getByRole('link', { name }));
    await this.arrive();
  }

  async open(): Promise<void> {
    await this.visit.page.goto(`/${this.slug}/account`);
    await this.arrive();
  }

  async arrive(): Promise<void> {
    const { page, words } = this.visit;
    await expect(page).toHaveURL(new RegExp(`/${this.slug}/account(\\?done=\\w+)?$`));
    await expect(page.getByRole('heading', { level: 1, name: words.account })).toBeVisible();
  }

  get mfaSwitch() {
    return this.visit.page.getByRole('switch', { name: this.visit.words.mfaSwitch });
  }

  async moveSwitch(): Promise<void> {
    await this.visit.hand.press(this.mfaSwitch);
  }

  async switchOff(password: string, code: string): Promise<void> {
    const { hand, page, words } = this.visit;
    remember(password, code);
    await expect(page).toHaveURL(new RegExp(`/${this.slug}/account/switch-off$`));
    await hand.type(page.getByLabel(words.password, { exact: true }), password);
    await hand.type(page.getByLabel(words.code), code);
    await hand.press(page.getByRole('button', { name: words.switchOff, exact: true }));
  }

  async signOut(): Promise<void> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('button', { name: words.menu }));
    await hand.press(page.getByRole('button', { name: words.signOut }));
    await expect(page).toHaveURL(new RegExp(`/${this.slug}/sign-in$`));
    await expect(page.getByText(words.signedOut, { exact: true })).toBeVisible();
  }

  get sessions() {
    return this.visit.page.getByRole('region', { name: this.visit.words.sessions, exact: true }).getByRole('listitem');
  }
}
