import { describe, expect, it, vi } from 'vitest';
import { requestContext, type RequestContext } from './context';
import { reportRequestError } from './report-error';

vi.mock('./log', () => ({ logger: () => ({ info() {}, warn() {}, error() {} }) }));

const store = (given: Partial<RequestContext> = {}): RequestContext => ({
  requestId: 'r',
  place: '/',
  databaseUnavailable: false,
  unreadable: null,
  acted: false,
  outside: null,
  judged: null,
  actor: null,
  ...given,
});

function verdict(error: unknown, given: Partial<RequestContext>, routeType: string, method = 'POST') {
  const context = store(given);
  requestContext.run(context, () => reportRequestError(error, { method }, { routePath: '/[org]', routeType }));
  return context.unreadable;
}

describe('SAFE-5 whose fault a failed request is', () => {
  // As React throws it where the arguments of an action can't be made of what was sent.
  const broken = new TypeError("Cannot read properties of undefined (reading 'arrayBuffer')");

  it('SAFE-5 what fails before an action was called is what was sent', () => {
    expect(verdict(broken, {}, 'action')).toBe(400);
    expect(verdict(new Error('Body exceeded 1 MB limit'), {}, 'action')).toBe(413);
    expect(verdict(new Error('Failed to parse body as FormData.'), {}, 'render')).toBe(400);
  });

  it('SAFE-5 what fails in an action, on a page or for want of the database is ours', () => {
    expect(verdict(broken, { acted: true }, 'action')).toBeNull();
    expect(verdict(broken, {}, 'render')).toBeNull();
    expect(verdict(broken, {}, 'route')).toBeNull();
    expect(verdict(broken, {}, 'action', 'GET')).toBeNull();
    expect(verdict(broken, { databaseUnavailable: true }, 'action')).toBeNull();
  });
});
