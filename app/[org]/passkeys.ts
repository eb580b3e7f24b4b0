import type { PasskeyButtonProps } from '@/components/passkeys/passkey-button';
import { refusalSentence } from '@/lib/actions/define-action';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { Refusal } from '@/lib/refusals';

/** What the button says while the browser's window is open, and what came between. */
export function passkeyWords(locale: Locale, ceremony: PasskeyButtonProps['ceremony']): PasskeyButtonProps['words'] {
  const t = translator(locale);
  return {
    waiting: t('passkeys.waiting'),
    trouble: {
      cancelled: ceremony === 'create' ? t('passkeys.trouble.cancelledCreating') : t('passkeys.trouble.cancelledUsing'),
      late: t('passkeys.trouble.late'),
      unsupported: t('passkeys.trouble.unsupported'),
      already: t('passkeys.trouble.already'),
      failed: t('passkeys.trouble.failed'),
    },
  };
}

/** What a browser needs to make or use a passkey, as JSON; or the sentence that says why it gets nothing. */
export async function passkeyOptions(locale: Locale, offer: () => Promise<object>): Promise<Response> {
  try {
    return Response.json({ options: await offer() });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return Response.json({ refusal: refusalSentence(locale, error.code, error.details) }, { status: error.status });
  }
}
