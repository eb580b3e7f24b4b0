import nodemailer from 'nodemailer';
import type { ComposedLetter } from './compose';

/** A letter on its way. */
export interface Parcel {
  readonly mailId: string;
  readonly to: string;
  readonly letter: ComposedLetter;
}

/** Why a letter did not leave. */
export class NotCarried extends Error {
  constructor(
    /** For the operator: a code of the network or of SMTP; never an address or a word of the letter. */
    readonly problem: string,
    /** The other side will never take it: no such person. */
    readonly forGood: boolean,
  ) {
    super(problem);
  }
}

/** What takes letters away. */
export interface Carrier {
  /** Whether what a letter said stays in the outbox once it is sent. */
  readonly keepsContent: boolean;
  /** @throws {NotCarried} */
  carry(parcel: Parcel): Promise<void>;
}

/** The demo has no post: a letter is delivered by being readable on its outbox page. */
export const demoCarrier: Carrier = { keepsContent: true, carry: async () => {} };

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

/**
 * Hands letters to an SMTP server, one connection each.
 *
 * @param url smtp:// or smtps://, with what nodemailer takes as its query (`?requireTLS=true`)
 * @param from the sender's address; the domain of the Message-ID too
 */
export function smtpCarrier(url: string, from: string): Carrier {
  const transport = nodemailer.createTransport(url, {
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    dnsTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as object);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    keepsContent: false,
    async carry({ mailId, to, letter }) {
      try {
        await transport.sendMail({
          from: { name: letter.sender, address: from },
          to: { name: '', address: to },
          subject: letter.subject,
          text: letter.text,
          html: letter.html,
          // The same at every try: a mailbox that got it twice may show it once.
          messageId: `<${mailId}@${domain}>`,
          headers: {
            'Auto-Submitted': 'auto-generated',
            'X-Auto-Response-Suppress': 'All',
            'Content-Language': letter.locale,
          },
        });
      } catch (error) {
        throw notCarried(error);
      }
    },
  };
}

/** @source RFC 5321 §4.2.1: 5yz is a permanent answer; RFC 3463: class 5 likewise */
function notCarried(error: unknown): NotCarried {
  const { code, command, responseCode } = error as { code?: unknown; command?: unknown; responseCode?: unknown };
  const words = [code, command, responseCode].filter((word) => typeof word === 'string' || typeof word === 'number');
  // Only an answer to the recipient is about the letter; a wrong password or a full disk is mended by somebody.
  const forGood = command === 'RCPT TO' && typeof responseCode === 'number' && responseCode >= 500;
  return new NotCarried(words.join(' ').slice(0, 100) || 'unknown', forGood);
}
