import jsQR from 'jsqr';
import QRCode from 'qrcode';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { QrTile } from './qr-tile';

const uri = 'otpauth://totp/Les%20Petits%20Pas:lea%40exemple.ca?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Essai';

function matrix(text: string): boolean[][] {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => data[y * size + x] === 1));
}

/** The pixels that the markup draws, `scale` to a module: white, then every dark run of the second path. */
function draw(markup: string, scale: number): { pixels: Uint8ClampedArray; side: number; margin: number } {
  const [, left, top, width] = /viewBox="(-?\d+) (-?\d+) (\d+) \d+"/.exec(markup)!.map(Number) as [number, ...number[]];
  const side = width! * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  const path = /<path d="([^"]+)" fill="#000"/.exec(markup)![1]!;
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let dy = 0; dy < scale; dy++) {
      for (let dx = 0; dx < Number(run) * scale; dx++) {
        const at = ((Number(y) - top!) * scale + dy) * side + (Number(x) - left!) * scale + dx;
        pixels.set([0, 0, 0], at * 4);
      }
    }
  }
  return { pixels, side, margin: -left! };
}

describe('ENROL-2 the tile of the QR code', () => {
  const markup = renderToStaticMarkup(createElement(QrTile, { code: { modules: matrix(uri) }, label: 'Code QR' }));

  it('ENROL-2 is read back by an independent reader, with four modules of margin', () => {
    const { pixels, side, margin } = draw(markup, 4);
    expect(margin).toBe(4);
    expect(jsQR(pixels, side, side)?.data).toBe(uri);
  });

  it('ENROL-2 is black on white in every theme, and named for a screen reader', () => {
    expect(markup).toContain('fill="#fff"');
    expect(markup).toContain('role="img" aria-label="Code QR"');
  });

  it('SAFE-4 carries no style attribute, which the content security policy would refuse', () => {
    expect(markup).not.toMatch(/\sstyle=/);
  });
});
