import { expect, type Page } from '@playwright/test';

/** Waits until what was sent has been answered and shown: to be used where the page looks the same before and after. */
export async function answered(page: Page, act: () => Promise<void>): Promise<void> {
  const response = page.waitForResponse((one) => one.request().method() === 'POST');
  await act();
  await response;
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}
