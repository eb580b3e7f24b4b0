import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { FileField } from './file-field';

it('LOOK-1 LOOK-2 a file is chosen by words of ours over the browser’s own control, which keeps its name and its place', () => {
  const markup = renderToStaticMarkup(
    createElement(FileField, {
      ...{ name: 'picture', label: 'Photo', hint: 'JPEG', error: 'Trop grande', required: true, accept: 'image/png' },
      labels: { choose: 'Choisir un fichier', none: 'Aucun fichier choisi' },
    }),
  );
  expect(markup).toMatch(/<label for="picture"[^>]*>Photo<\/label>/);
  const control = /<input[^>]*>/.exec(markup)![0];
  for (const part of ['type="file"', 'id="picture"', 'name="picture"', 'required=""', 'accept="image/png"']) {
    expect(control).toContain(part);
  }
  expect(control).toContain('aria-describedby="picture-error"');
  expect(control).toContain('aria-invalid="true"');
  expect(control).not.toMatch(/tabindex|aria-hidden|hidden=/);
  // Whoever hears the page hears the control, and our words are for the eye alone.
  for (const words of ['Choisir un fichier', 'Aucun fichier choisi']) {
    expect(markup).toMatch(new RegExp(`<span aria-hidden="true"[^>]*>${words}</span>`));
  }
});
