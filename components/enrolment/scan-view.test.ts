import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ScanView } from './scan-view';

const labels = {
  title: 'Scannez ce code',
  openApp: 'Ouvrir dans mon application',
  qr: 'Code QR',
  tapsTitle: 'Dans l’application',
  codeTitle: 'Puis tapez le code ici',
  trouble: 'Difficulté à capturer',
};

/** What comes first on the page, as it is read out and tabbed through. */
function order(handheld: boolean): string[] {
  const markup = renderToStaticMarkup(
    createElement(ScanView, {
      ...{ labels, handheld, qr: { modules: [[true]] }, openAppHref: 'otpauth://totp/x', taps: [], phone: 'iphone' },
      ...{ troubleHref: '/key', form: createElement('form') },
    }),
  );
  const found = [labels.openApp, labels.qr, labels.trouble, '<form'].map(
    (what) => [what, markup.indexOf(what)] as const,
  );
  expect(found.every(([, at]) => at > 0)).toBe(true);
  return found.toSorted(([, a], [, b]) => a - b).map(([what]) => what);
}

it('ENROL-3 on a phone its own app comes first; elsewhere one scans, and the link stands behind the square', () => {
  expect(order(true)).toEqual([labels.openApp, labels.qr, labels.trouble, '<form']);
  expect(order(false)).toEqual([labels.qr, labels.trouble, labels.openApp, '<form']);
});
