import { createElement as h, Fragment } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import * as drawings from '@/components/enrolment/illustrations';
import { still } from './still';

const Ring = ({ r }: { r: number }) => h('circle', { r, className: 'fill-pane' });

describe('a still life', () => {
  it('FAST-2 is the text that React itself would write', () => {
    const drawing = h(
      Fragment,
      null,
      h('path', { d: 'M0 0h1', strokeWidth: '2', strokeLinecap: 'round', className: 'stroke-leaf' }),
      h(Ring, { r: 3 }),
      [h('text', { key: 'a', textAnchor: 'middle', fontSize: '9' }, '1 < 2 & "3"'), null, false],
    );
    const written = renderToStaticMarkup(drawing)
      .replaceAll('&lt;', '&#60;')
      .replaceAll('&amp;', '&#38;')
      .replaceAll('&quot;', '&#34;');
    expect(still(drawing).__html).toBe(written);
  });

  it('FAST-2 leaves no attribute in React’s own spelling in any drawing of the enrolment', () => {
    for (const [name, Drawing] of Object.entries(drawings)) {
      if (!name.endsWith('Drawing')) continue;
      const written = renderToStaticMarkup(h(Drawing as never, { kind: 'android' } as never));
      const odd = written.replaceAll('viewBox=', '').match(/ [a-z]+[A-Z]\w*="/g);
      expect({ name, odd }).toEqual({ name, odd: null });
    }
  });
});
