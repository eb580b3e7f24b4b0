import { z } from 'zod';
import { email, emailKey } from '@/lib/accounts/text';

const DOMAINS_MAX = 50;

/** Where everybody has an address: who owns such a domain owns nothing of those who write from it. */
const PUBLIC_DOMAINS: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com hotmail.ca hotmail.fr live.com live.ca msn.com outlook.fr yahoo.com
  yahoo.ca yahoo.fr ymail.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me gmx.com gmx.fr mail.com
  videotron.ca bell.net sympatico.ca rogers.com shaw.ca telus.net cogeco.ca orange.fr free.fr laposte.net zoho.com
  yandex.com fastmail.com hey.com`.split(/\s+/),
);

/** Whether anybody can have an address of this domain. */
export const isPublicDomain = (domain: string): boolean => PUBLIC_DOMAINS.has(domain);

/**
 * E-mail domains, one a line or with commas between them, with or without the `@`: in A-labels and small letters, each
 * once. What is no domain is refused, and so are more than fifty.
 * Issues: `text.invalid`, `text.tooLong`, `domain.invalid`.
 * @source SPEC.md SIGN-1, AUTH-8
 */
export const domainList = z
  .string({ error: 'text.invalid' })
  .max(6_000, { error: 'text.tooLong' })
  .transform((typed, context) => {
    const found = new Set<string>();
    for (const word of typed.split(/[\s,;]+/).filter(Boolean)) {
      const address = email.safeParse(`x@${word.replace(/^@/, '')}`);
      if (!address.success) {
        context.addIssue({ code: 'custom', message: 'domain.invalid' });
        return z.NEVER;
      }
      found.add(emailKey(address.data).slice(2));
    }
    if (found.size > DOMAINS_MAX) {
      context.addIssue({ code: 'custom', message: 'text.tooLong' });
      return z.NEVER;
    }
    return [...found];
  });
