import { describe, expect, it } from 'vitest';
import { endedOn } from './runtime';

const day = (text: string) => new Date(`${text}T12:00:00Z`);

describe('RUN-7 the line of Node.js', () => {
  it('RUN-7 has ended on the day after its last, and not before', () => {
    expect(endedOn('20.20.2', day('2026-04-30'))).toBeNull();
    expect(endedOn('20.20.2', day('2026-05-01'))).toBe('2026-04-30');
    expect(endedOn('24.21.0', day('2026-11-26'))).toBeNull();
  });

  it('RUN-7 is taken for kept where it is newer than what we know', () => {
    expect(endedOn('48.0.0', day('2035-01-01'))).toBeNull();
  });
});
