import { expect } from '@playwright/test';
import { remember } from '../fixtures/typed';
import type { Visit } from './visit';

/** The first page of signing in: who are you? */
export class IdentifyScreen {
  constructor(
    private readonly visit: Visit,
    private readonly slug: string,
  ) {}

  get field() {
    return this.visit.page.getByLabel(this.visit.words.identifier);
  }

  async open(next?: string): Promise<void> {
    await this.visit.page.goto(`/${this.slug}/sign-in${next === undefined ? '' : `?next=${encodeURIComponent(next)}`}`);
  }

  /** Types an identifier and goes on, wherever that leads. */
  async send(identifier: string): Promise<void> {
    const { hand, page, words } = this.visit;
    remember(identifier);
    await hand.type(this.field, identifier);
    await hand.press(page.getByRole('button', { name: words.continue, exact: true }));
  }

  async enter(identifier: string): Promise<void> {
    await this.send(identifier);
    await expect(this.visit.page).toHaveURL(new RegExp(`/${this.slug}/sign-in/password$`));
  }
}
