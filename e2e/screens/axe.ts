import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type Axe from 'axe-core';

/** Every rule of WCAG 2.2 AA, and what is good practice besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SOURCE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds wrong with a page as it stands: each rule with the tags that break it.
 *
 * @param options.without a selector of what is not looked at
 */
export async function flaws(page: Page, { without }: { without?: string } = {}): Promise<string[]> {
  // A document that was looked at before still has it: half a megabyte is sent and read once.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  return page.evaluate(
    async ({ rules, excluded }) => {
      const { axe } = window as unknown as { axe: typeof Axe };
      const { violations } = await axe.run(excluded === undefined ? document : { exclude: [excluded] }, {
        runOnly: { type: 'tag', values: rules },
        // All else that it knows of a page is never read.
        resultTypes: ['violations'],
      });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
    },
    { rules: RULES, excluded: without },
  );
}
