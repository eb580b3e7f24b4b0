import { expect } from '@playwright/test';
import { remember } from '../fixtures/typed';
import type { Visit } from './visit';

/** The code, asked at each sign-in of somebody who has a factor. */
export class VerifyScreen {
  constructor(private readonly visit: Visit) {}

  get field() {
    return this.visit.page.getByLabel(this.visit.words.code);
  }

  get error() {
    return this.visit.page.locator('#code-error');
  }

  async arrive(): Promise<void> {
    await expect(this.visit.page).toHaveURL(/\/sign-in\/verify$/);
  }

  async enter(code: string): Promise<void> {
    const { hand, page, words } = this.visit;
    await this.arrive();
    remember(code);
    await hand.type(this.field, code);
    await hand.press(page.getByRole('button', { name: words.connect, exact: true }));
  }

  /** « Je n’ai plus mon téléphone » */
  async lostPhone(): Promise<void> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('link', { name: words.noPhone }));
    await expect(page).toHaveURL(/\/verify\/help$/);
  }

  async useRecoveryCode(code: string): Promise<void> {
    const { hand, page, words } = this.visit;
    remember(code);
    if (!page.url().endsWith('/recovery')) {
      await this.lostPhone();
      await hand.press(page.getByRole('link', { name: words.useRecovery }));
    }
    await expect(page).toHaveURL(/\/verify\/recovery$/);
    await hand.type(page.getByLabel(words.recoveryCode, { exact: true }), code);
    await hand.press(page.getByRole('button', { name: words.connect, exact: true }));
  }
}
