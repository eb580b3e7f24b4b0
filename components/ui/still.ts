import { Children, Fragment, isValidElement, type ReactElement, type ReactNode } from 'react';

/** The few attributes that SVG itself spells with capitals. */
const CAPITALS = new Set(['viewBox', 'preserveAspectRatio', 'pathLength']);

/** `strokeWidth` is React's spelling of `stroke-width`. */
const spelling = (name: string) =>
  name === 'className'
    ? 'class'
    : CAPITALS.has(name)
      ? name
      : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const escape = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * A still life: the inside of a drawing as text, for `dangerouslySetInnerHTML`. A drawing of forty shapes would otherwise be
 * forty elements that are rendered twice on the server and sent twice to the browser, on every page that shows it.
 *
 * Only for drawings of our own, from constants: host elements, fragments and components without hooks. What many pages
 * show is made once, beside its component, and not each time that it is drawn.
 */
export function still(drawing: ReactNode): { __html: string } {
  return { __html: markup(drawing) };
}

function markup(node: ReactNode): string {
  if (node === null || node === undefined || typeof node === 'boolean') return '';
  if (typeof node === 'string' || typeof node === 'number') return escape(String(node));
  if (!isValidElement(node)) return Children.toArray(node).map(markup).join('');
  const { type, props } = node as ReactElement<Record<string, unknown> & { children?: ReactNode }>;
  if (type === Fragment) return markup(props.children);
  if (typeof type === 'function') return markup((type as (given: typeof props) => ReactNode)(props));
  const attributes = Object.entries(props)
    .filter(([name, value]) => name !== 'children' && value !== undefined && value !== null && value !== false)
    .map(([name, value]) => ` ${spelling(name)}="${escape(String(value))}"`)
    .join('');
  return `<${String(type)}${attributes}>${markup(props.children)}</${String(type)}>`;
}
