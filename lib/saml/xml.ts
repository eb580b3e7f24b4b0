import { DOMParser, MIME_TYPE, type Document, type Element } from '@xmldom/xmldom';
import { SamlFault } from './fault';

export type { Document, Element };

export const NS = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
} as const;
export type Namespace = keyof typeof NS;

const ELEMENT = 1;
const TEXT = 3;
const SECTION = 4;

/** A provider that could not read a letter of its own says so by this one, which is a character like any other. */
const REPLACEMENT = 'Unicode replacement character detected, source encoding issues?';

/**
 * A screened text as a document. The parser repairs nothing: what it would only warn of is refused.
 *
 * @param text as `screenXml` gives it back; nothing else may come here
 * @throws {SamlFault} `saml.malformed`
 */
export function parseXml(text: string): Document {
  try {
    const parser = new DOMParser({
      onError: (_level, message) => {
        if (message !== REPLACEMENT) throw new Error(message);
      },
    });
    const parsed = parser.parseFromString(text, MIME_TYPE.XML_APPLICATION);
    if (parsed.documentElement !== null) return parsed;
  } catch {
    // The parser's own words are of no use to anybody, and repeat what was sent.
  }
  throw new SamlFault('saml.malformed');
}

export function rootOf(document: Document): Element {
  return document.documentElement!;
}

export function isNamed(element: Element, namespace: Namespace, name: string): boolean {
  return element.localName === name && element.namespaceURI === NS[namespace];
}

/** The elements right below another, of any name. */
export function elementsOf(parent: Element): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === ELEMENT) found.push(node as Element);
  }
  return found;
}

export function childrenOf(parent: Element, namespace: Namespace, name: string): Element[] {
  return elementsOf(parent).filter((child) => isNamed(child, namespace, name));
}

/** The only child of its name; null: there is none, or more than one. */
export function onlyChild(parent: Element, namespace: Namespace, name: string): Element | null {
  const found = childrenOf(parent, namespace, name);
  return found.length === 1 ? found[0]! : null;
}

/** An element and all below it, in the order of the document. */
export function* walk(element: Element): Generator<Element> {
  const waiting = [element];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    waiting.push(...elementsOf(next).reverse());
  }
}

/**
 * The text of an element that holds nothing but text, white space around it taken off; null: it holds something else too,
 * be it a comment, between whose sides two readers would read differently.
 */
export function textOf(element: Element | null): string | null {
  if (element === null) return null;
  let text = '';
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType !== TEXT && node.nodeType !== SECTION) return null;
    text += node.nodeValue ?? '';
  }
  // White space of XML alone: a no-break space is part of a name.
  return text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
}

/** An attribute without a namespace; null: it is not there. */
export function attributeOf(element: Element, name: string): string | null {
  return element.hasAttribute(name) ? element.getAttribute(name) : null;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text, or the value of an attribute, as it may stand in XML. White space that a parser would change is written as a number. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (letter) => ESCAPES[letter]!)
    .replace(/[\t\n\r]/g, (space) => `&#${space.charCodeAt(0)};`);
}
