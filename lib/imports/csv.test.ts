import { describe, expect, it } from 'vitest';
import { csvCell, plainWord, readAccountsFile } from './csv';

const HEADING = 'Prénom,Nom,Courriel,Profil';
const LINE = 'Zoë,Ó Näme,zoe@x.test,employé';
const codeOf = (bytes: Buffer) => {
  try {
    readAccountsFile(bytes);
    return 'read';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('ACC-2 a file of accounts', () => {
  const text = `${HEADING}\n${LINE}\n`;
  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    ['Windows-1252', Buffer.from(text, 'latin1')],
    ['semicolons and Windows line ends', Buffer.from(text.replaceAll(',', ';').replaceAll('\n', '\r\n'))],
    ['quoted fields', Buffer.from(`${HEADING}\n"Zoë","Ó Näme","zoe@x.test","employé"\n,,,\n`)],
    [
      'English headings in another order',
      Buffer.from(`kind;E-mail;LAST NAME;first_name\nemployee;zoe@x.test;Ó Näme;Zoë`),
    ],
  ])('ACC-2 is read in %s', (_, bytes) => {
    const { lines } = readAccountsFile(bytes);
    expect(lines).toEqual([
      expect.objectContaining({
        line: 2,
        firstName: 'Zoë',
        lastName: 'Ó Näme',
        email: 'zoe@x.test',
        kind: 'employee',
        issues: [],
      }),
    ]);
  });

  it.each<[string, string, string]>([
    ['an open quotation mark', `${HEADING}\n"Zoë,x`, 'import.unreadable'],
    ['nothing', '', 'import.no-lines'],
    ['headings alone', HEADING, 'import.no-lines'],
    ['no headings', `${LINE}\n${LINE}`, 'import.columns'],
    ['too many lines', `${HEADING}\n${`${LINE}\n`.repeat(5_001)}`, 'import.too-many-lines'],
    ['as many as allowed', `${HEADING}\n${`${LINE}\n`.repeat(5_000)}`, 'read'],
    ['bytes of a picture', '\u0089PNG\r\n\u001a\n\0\0\0', 'import.columns'],
  ])('ACC-2 with %s', (_, given, code) => {
    expect(codeOf(Buffer.from(given))).toBe(code);
  });

  it('ACC-2 Bad inputs 85: a heading of twenty thousand columns keeps nobody waiting', () => {
    const lines = 'a,b\n'.repeat(4_999);
    // The quickest of three, against the same lines under a plain heading: how busy the machine is makes no difference.
    const quickest = (heading: string) =>
      Math.min(
        ...[1, 2, 3].map(() => {
          const startedAt = performance.now();
          expect(codeOf(Buffer.from(`${heading}\n${lines}`))).toBe('read');
          return performance.now() - startedAt;
        }),
      );
    const plain = quickest(HEADING);
    expect(quickest(`${','.repeat(19_950)}${HEADING}`)).toBeLessThan(plain * 2.5);
  });

  it('ACC-2 Bad inputs 85: characters that become eighteen make no long word of a long cell', () => {
    expect(plainWord('\uFDFA'.repeat(6_400)).length).toBeLessThan(6_400);
  });

  it('SAFE-5 Bad inputs 15–20: what is wrong with a name stands in its line, and never in the report as typed', () => {
    const { lines } = readAccountsFile(
      Buffer.from(`${HEADING}\nBob\u202Enimda,B\0x,a@b.test,parent\n<b>,null,a@b.test,parent`),
    );
    expect(lines[0]!.issues.map(({ code }) => code)).toEqual(['text.forbiddenCharacters', 'text.forbiddenCharacters']);
    expect(lines[0]).toMatchObject({ firstName: 'Bobnimda', lastName: 'Bx' });
    expect(lines[1]).toMatchObject({ firstName: '<b>', lastName: 'null', issues: [] });
  });

  it.each([
    ['=HYPERLINK("http://evil")', `"'=HYPERLINK(""http://evil"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@x', `"'@x"`],
    ['Léa', 'Léa'],
    ['a;b', '"a;b"'],
  ])('SAFE-5 Bad inputs 21: %s is written as %s', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});
