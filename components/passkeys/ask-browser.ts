import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';

/** What can come between a person and a passkey, before the portal hears of it. */
export const TROUBLES = ['cancelled', 'late', 'unsupported', 'already', 'failed', 'unreachable'] as const;
export type Trouble = (typeof TROUBLES)[number];

export type Asked =
  | { readonly answer: string }
  | { readonly trouble: Trouble }
  /** The portal said no, in its own words. */
  | { readonly refusal: string }
  /** Asked again meanwhile: the newer question goes on. */
  | { readonly superseded: true };

/** Of the time that a browser waits, the part after which its end is no change of mind. */
const LATE = 0.95;

/**
 * Fetches a challenge and has the browser make a passkey with it, or use one. Never throws: all that can come between is an
 * answer too.
 *
 * @param from the portal's own address that gives out challenges
 */
export async function askBrowser(
  ceremony: 'create' | 'use',
  from: string,
  fields: Readonly<Record<string, string>>,
): Promise<Asked> {
  if (!browserSupportsWebAuthn()) return { trouble: 'unsupported' };
  const offered = await offer(from, fields);
  if ('refusal' in offered || 'trouble' in offered) return offered;
  const { optionsJSON } = offered;
  const began = performance.now();
  try {
    const answer =
      ceremony === 'create' ? await startRegistration({ optionsJSON }) : await startAuthentication({ optionsJSON });
    return { answer: JSON.stringify(answer) };
  } catch (error) {
    const code = error instanceof WebAuthnError ? error.code : null;
    const name = (error as { name?: unknown }).name;
    if (code === 'ERROR_CEREMONY_ABORTED') return { superseded: true };
    if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') return { trouble: 'already' };
    if (name === 'NotSupportedError') return { trouble: 'unsupported' };
    // Browsers say the same of a closed window, a device without the passkey, and a time that ran out: only a clock tells.
    if (name !== 'NotAllowedError') return { trouble: 'failed' };
    const late = performance.now() - began >= (optionsJSON.timeout ?? Infinity) * LATE;
    return { trouble: late ? 'late' : 'cancelled' };
  }
}

type Options = Parameters<typeof startRegistration>[0]['optionsJSON'] &
  Parameters<typeof startAuthentication>[0]['optionsJSON'];

async function offer(
  from: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ optionsJSON: Options } | { refusal: string } | { trouble: Trouble }> {
  try {
    const response = await fetch(from, { method: 'POST', body: new URLSearchParams(fields) });
    const body = (await response.json()) as { options: Options } | { refusal: string };
    return 'refusal' in body ? body : { optionsJSON: body.options };
  } catch {
    return { trouble: 'unreachable' };
  }
}
