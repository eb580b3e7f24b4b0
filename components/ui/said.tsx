'use client';

import { useEffect, useRef } from 'react';

/** A region that arrives with its words is often left unsaid: it stands empty first, and a moment before each sentence. */
const EMPTY_MS = 150;
/** Then nobody who reads on comes across what was said. */
const KEPT_MS = 10_000;

const regions: HTMLElement[] = [];
let timers: ReturnType<typeof setTimeout>[] = [];

/**
 * Where `say` speaks: one a document, and one in each dialog that closes off what lies behind it. Its words lie in a tree of
 * their own: they stand on the page already, and are neither searched, copied nor printed twice.
 */
export function Said() {
  const host = useRef<HTMLDivElement>(null);
  const inside = useRef<ShadowRoot>(null);
  useEffect(() => {
    inside.current ??= host.current!.attachShadow({ mode: 'closed' });
    const region = document.createElement('div');
    region.setAttribute('aria-live', 'polite');
    inside.current.replaceChildren(region);
    regions.push(region);
    return () => void regions.splice(regions.indexOf(region), 1);
  }, []);
  return <div ref={host} className="sr-only" />;
}

/** Says a sentence to whoever hears the page, again too where it was the last one said. */
export function say(sentence: string): void {
  const region = regions.at(-1);
  if (region === undefined || sentence === '') return;
  timers.forEach(clearTimeout);
  region.textContent = '';
  timers = [
    setTimeout(() => (region.textContent = sentence), EMPTY_MS),
    setTimeout(() => (region.textContent = ''), KEPT_MS),
  ];
}

let standing = false;

/**
 * Whether what is drawn now comes into a document that stands already. A document that was loaded is read out by itself; what
 * comes into it later is heard only where it has the focus, or is said.
 */
export function cameLater(): boolean {
  setTimeout(() => (standing = true));
  return standing;
}
