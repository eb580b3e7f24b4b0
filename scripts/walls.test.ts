import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

/** The rules of the house, each shown to bite: a rule that nobody ever sees fail may have stopped working long ago. */
const eslint = new ESLint({ cwd: new URL('..', import.meta.url).pathname });

async function faults(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file });
  return result!.messages.map(({ ruleId }) => ruleId ?? 'parse');
}

describe('the walls between the rooms', () => {
  it.each([
    ['RUN-4 settings are read in lib/config.ts alone', 'lib/mail/service.ts', 'export const port = process.env.PORT;'],
    ['lib never imports Next.js', 'lib/accounts/service.ts', "import { headers } from 'next/headers';\nheaders();"],
    [
      'lib never imports what is drawn with it',
      'lib/accounts/service.ts',
      "import { x } from '@/components/ui/button';\nx();",
    ],
    [
      'only stores query tables',
      'lib/accounts/service.ts',
      "import { accounts } from '@/drizzle/schema/accounts';\naccounts;",
    ],
    ['SIGN-2 the decision imports nothing', 'lib/policy/decision.ts', "import { pool } from '@/lib/db/pool';\npool();"],
    [
      'pages call services, not stores',
      'app/[org]/page.tsx',
      "import { listFactors } from '@/lib/factors/store';\nlistFactors;",
    ],
    [
      'components are given what they show',
      'components/account/x.tsx',
      "import { x } from '@/lib/profile/service';\nx();",
    ],
    ['components/ui knows no domain word', 'components/ui/x.tsx', "import { x } from '@/lib/enrolment/model';\nx();"],
    ['next-auth stays in its room', 'lib/accounts/service.ts', "import NextAuth from 'next-auth';\nNextAuth;"],
  ])('%s', async (_rule, file, code) => {
    const found = await faults(file, code);
    expect(found.some((rule) => rule === 'no-restricted-imports' || rule === 'no-restricted-syntax')).toBe(true);
  });

  it('lets a store query tables and a page call a service', async () => {
    const store = "import { accounts } from '@/drizzle/schema/accounts';\nexport const table = accounts;\n";
    const page = "import { loadOwnAccount } from '@/lib/profile/service';\nexport const load = loadOwnAccount;\n";
    expect(await faults('lib/accounts/store.ts', store)).toEqual([]);
    expect(await faults('app/[org]/x.ts', page)).toEqual([]);
  });
});
