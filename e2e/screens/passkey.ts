import { expect } from '@playwright/test';
import type { EnrolmentScreen } from './enrolment';
import type { Visit } from './visit';

/** A passkey: made in an enrolment, asked for at sign-in (ENROL-9). */
export class PasskeyScreen {
  constructor(private readonly visit: Visit) {}

  get #create() {
    return this.visit.page.getByRole('button', { name: this.visit.words.createPasskey });
  }

  get #use() {
    return this.visit.page.getByRole('button', { name: this.visit.words.usePasskey });
  }

  /** What came between, beside the button. */
  get trouble() {
    return this.visit.page.getByRole('main').getByRole('alert');
  }

  /** « Choisir », and « Créer ma clé d’accès ». */
  async choose(enrolment: EnrolmentScreen): Promise<void> {
    await enrolment.chooseMethod(this.visit.words.passkeyMethod);
    await enrolment.at('/passkey');
  }

  async create(): Promise<void> {
    await this.visit.hand.press(this.#create);
  }

  async arrive(): Promise<void> {
    await expect(this.visit.page).toHaveURL(/\/sign-in\/verify\/passkey$/);
  }

  async use(): Promise<void> {
    await this.arrive();
    await this.visit.hand.press(this.#use);
  }

  async anotherWay(): Promise<void> {
    const { hand, page, words } = this.visit;
    await hand.press(page.getByRole('link', { name: words.anotherWay }));
  }
}
