import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ScanView } from './scan-view';

const labels = {
  title: 'Scannez ce code',
  titleHere: 'Ajoutez ce compte à votre application',
  leadHere: 'L’application s’ouvre, déjà remplie.',
  openApp: 'Ouvrir dans mon application',
  openAppHint: 'Vous êtes sur votre téléphone ?',
  nothingOpens: 'Rien ne s’ouvre ? Voir la clé',
  otherPhone: 'Votre application est sur un autre appareil ?',
  qr: 'Code QR',
  tapsTitle: 'Dans l’application',
  codeTitle: 'Puis tapez le code ici',
  trouble: 'Difficulté à capturer',
};

/** What stands on the page, as it is read out and tabbed through; what the style sheet shows of it on a touched phone. */
function drawn(handheld: boolean): { order: string[]; touched: string[] } {
  const markup = renderToStaticMarkup(
    createElement(ScanView, {
      ...{ labels, handheld, qr: { modules: [[true]] }, openAppHref: 'otpauth://totp/x', taps: [], phone: 'iphone' },
      ...{ troubleHref: '/key', form: createElement('form') },
    }),
  );
  const parts = ['title', 'titleHere', 'openApp', 'nothingOpens', 'qr', 'trouble'] as const;
  const wanted = new RegExp([...parts.map((part) => labels[part].replace('?', '\\?')), '<form'].join('|'), 'g');
  return { order: markup.match(wanted)!, touched: markup.match(/[^"]*touch:[^"]*/g) ?? [] };
}

it('ENROL-3 on a phone its own app comes first, then the code; nobody is told to scan the phone in her hand', () => {
  const { titleHere, openApp, nothingOpens, qr, trouble } = labels;
  expect(drawn(true)).toEqual({ order: [titleHere, openApp, nothingOpens, '<form', qr, trouble], touched: [] });
});

it('ENROL-3 elsewhere one scans, and the link stands behind the square, or before it where a narrow screen is touched', () => {
  const { title, titleHere, openApp, qr, trouble } = labels;
  expect(drawn(false)).toEqual({
    order: [title, titleHere, openApp, qr, trouble, openApp, '<form'],
    touched: [
      'touch:hidden',
      'hidden touch:inline',
      'hidden flex-col gap-2 touch:flex',
      'flex flex-col gap-2 md:hidden touch:hidden',
    ],
  });
});
