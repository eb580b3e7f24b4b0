import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BYTE_ORDER_MARK, csvLine } from './csv';

it('AUD-2 an independent reader finds every cell again, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 3, maxLength: 3 })), (rows) => {
      const text = BYTE_ORDER_MARK + rows.map(csvLine).join('');
      const read = parse(text, { bom: true, relax_column_count: false }) as string[][];
      const plain = (cell: string, original: string) => (cell === `'${original}` ? original : cell);
      expect(read.map((cells, row) => cells.map((cell, column) => plain(cell, rows[row]![column]!)))).toEqual(rows);
    }),
  );
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\n=1', '＝1'])(
  'AUD-2 no cell begins like a formula: %j',
  (value) => {
    expect(csvLine([value])).toBe(`"'${value}"\r\n`);
  },
);

it('AUD-2 leaves harmless text as it is', () => {
  expect(csvLine(['Léa', 'a "b"', '', '2001:db8::7'])).toBe('"Léa","a ""b""","","2001:db8::7"\r\n');
});
