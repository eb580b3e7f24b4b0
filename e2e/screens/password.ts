import { remember } from '../fixtures/typed';
import type { Visit } from './visit';

/** The second page of signing in. */
export class PasswordScreen {
  constructor(private readonly visit: Visit) {}

  get field() {
    return this.visit.page.getByLabel(this.visit.words.password, { exact: true });
  }

  /** What is wrong with the password that was typed. */
  get error() {
    return this.visit.page.locator('#password-error');
  }

  async enter(password: string): Promise<void> {
    const { hand, page, words } = this.visit;
    remember(password);
    await hand.type(this.field, password);
    await hand.press(page.getByRole('button', { name: words.signIn, exact: true }));
  }
}
