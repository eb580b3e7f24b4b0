import { expect, type Locator, type Page } from '@playwright/test';

/** How a person works a page. */
export interface Hand {
  type(field: Locator, text: string): Promise<void>;
  press(target: Locator): Promise<void>;
  choose(radio: Locator): Promise<void>;
}

export const mouse: Hand = {
  type: (field, text) => field.fill(text),
  press: (target) => target.click(),
  choose: (radio) => radio.check(),
};

/** More stops than any page has. */
const STOPS_MAX = 120;

const isFocused = (target: Locator) => target.evaluate((element) => element === document.activeElement);

/** A person without a mouse: everything is reached by Tab, in order, and the place is always to be seen (LOOK-2). */
export function keyboard(page: Page): Hand {
  const reach = async (target: Locator) => {
    await target.waitFor();
    for (let stop = 0; !(await isFocused(target)); stop++) {
      if (stop === STOPS_MAX) throw new Error(`Tab never reaches ${target}`);
      await page.keyboard.press('Tab');
    }
    const marked = await target.evaluate((element) => {
      // A radio of a card may leave the mark to the card.
      const shown = [element, element.closest('label')].filter((one) => one !== null);
      return shown.some((one) => getComputedStyle(one).outlineStyle !== 'none');
    });
    expect(marked, `${target} shows that it has the focus`).toBe(true);
  };
  return {
    async type(field, text) {
      await reach(field);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(text);
    },
    async press(target) {
      await reach(target);
      await page.keyboard.press('Enter');
    },
    async choose(radio) {
      // Tab stops at the one that is chosen; arrows go on from there.
      const name = await radio.getAttribute('name');
      await reach(page.locator(`input[name="${name}"]:checked`));
      for (let stop = 0; !(await radio.isChecked()); stop++) {
        if (stop === STOPS_MAX) throw new Error(`Arrows never reach ${radio}`);
        await page.keyboard.press('ArrowDown');
      }
    },
  };
}
