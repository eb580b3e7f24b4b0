import { describe, expect, it } from 'vitest';
import { translateDatabaseError } from '@/lib/db/errors';
import { plainError } from './log';

/** As the driver throws it, from a drizzle that is another than the build's own. */
class DrizzleQueryError extends Error {
  constructor(
    readonly query: string,
    readonly params: unknown[],
    override readonly cause: Error,
  ) {
    super(`Failed query: ${query}\nparams: ${params.join()}`);
  }
}

const SECRET = 'mireille.berube@erables.test';

const failure = () => {
  const refused = Object.assign(new Error('duplicate key value violates unique constraint "accounts_email"'), {
    code: '23505',
    detail: `Key (email_key)=(${SECRET}) already exists.`,
    parameters: [SECRET],
  });
  return new DrizzleQueryError('insert into "accounts" values ($1)', [SECRET, `x\n    at ${SECRET}`], refused);
};

describe('RUN-6 what a line of the log says of an error', () => {
  it('RUN-6 what was sent with a query is forgotten, whichever drizzle it was sent by', () => {
    const translated = translateDatabaseError(failure()) as Error;
    expect([translated.message, translated.stack].join()).not.toContain(SECRET);
    expect(translated).toMatchObject({ message: 'Failed query: insert into "accounts" values ($1)', params: [] });
  });

  it('RUN-6 neither that nor a row of PostgreSQL’s is in the line, however deep it lies', () => {
    for (const error of [failure(), new Error('outer', { cause: failure() }), failure().cause]) {
      const line = JSON.stringify(plainError(error));
      expect(line).not.toContain(SECRET);
      expect(line).toContain('unique constraint');
    }
    expect(plainError(failure())).toMatchObject({ type: 'DrizzleQueryError' });
    expect(plainError(failure().cause)).toMatchObject({ code: '23505' });
    expect(JSON.stringify(plainError(SECRET))).not.toContain(SECRET);
  });
});
