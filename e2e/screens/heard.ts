import { expect, type Page } from '@playwright/test';

/** What a screen reader says of itself: the words of live regions, as the browser hands them to it. */
async function spoken(page: Page): Promise<string[]> {
  const browser = await page.context().newCDPSession(page);
  const { nodes } = await browser.send('Accessibility.getFullAXTree');
  await browser.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const words = (id: string): string[] => {
    const node = byId.get(id);
    if (node === undefined) return [];
    return node.role?.value === 'StaticText' ? [String(node.name?.value)] : (node.childIds ?? []).flatMap(words);
  };
  return nodes
    .filter(({ properties }) => properties?.some(({ name, value }) => name === 'live' && value.value === 'polite'))
    .map(({ nodeId }) => words(nodeId).join(' '));
}

/** Whoever can't see the page is told this sentence without looking for it. */
export async function expectHeard(page: Page, sentence: string | RegExp): Promise<void> {
  const fits = (said: string) => (typeof sentence === 'string' ? said === sentence : sentence.test(said));
  await expect.poll(async () => (await spoken(page)).some(fits), `« ${sentence} » is heard`).toBe(true);
}
