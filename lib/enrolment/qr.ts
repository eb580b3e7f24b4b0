import QRCode from 'qrcode';

/**
 * A QR code as one SVG path in module units, without its quiet zone. Drawn here, so that the secret visits no other
 * service (ENROL-2). Error correction M: screens are clean, and larger modules read better than redundant ones.
 */
export function qrPath(text: string): { size: number; path: string } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  const runs: string[] = [];
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!modules.get(y, x)) continue;
      const from = x;
      while (x + 1 < size && modules.get(y, x + 1)) x += 1;
      runs.push(`M${from} ${y}h${x + 1 - from}v1H${from}z`);
    }
  }
  return { size, path: runs.join('') };
}
