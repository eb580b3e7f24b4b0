import { expect, type Page } from '@playwright/test';
import { flaws } from './axe';

const NARROWEST = 320;

/** What a page must be like, whatever it is: looked at in both themes, and as narrow as a screen gets. */
export async function look(page: Page, language: string, name: string): Promise<void> {
  await expect.soft(page.locator('html'), name).toHaveAttribute('lang', language);
  await expect.soft(page, name).toHaveTitle(/\S/);
  // Of two titles a browser shows the first.
  await expect.soft(page.locator('head > title'), `${name}: titles`).toHaveCount(1);
  expect.soft(await page.getByRole('heading', { level: 1 }).count(), `${name}: one main heading`).toBe(1);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect.soft(await flaws(page), `${name}, ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize({ width: NARROWEST, height: 740 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(wider, `${name}: wider than ${NARROWEST} px`).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
