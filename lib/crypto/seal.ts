import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';

/*
 * Layout of a sealed value, in bytes:
 *
 *   1   version, always 1
 *   1   length of the key's id
 *   n   the key's id, ASCII
 *   12  nonce
 *   16  authentication tag
 *   *   ciphertext, as long as the plaintext
 *
 * Everything before the nonce is authenticated together with the context, so that neither the version nor the key's
 * name can be rewritten unnoticed.
 */
const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** A key that seals: its id goes into every value sealed under it; `key` is 32 bytes. */
export type SealingKey = { id: string; key: Buffer };

/** Why a key list was refused, or a sealed value not opened. */
export type SealErrorCode =
  | 'keys.missing'
  | 'keys.malformed'
  | 'keys.short'
  | 'keys.long'
  | 'keys.weak'
  | 'keys.duplicate'
  | 'seal.noContext'
  | 'seal.malformed'
  | 'seal.unknownVersion'
  | 'seal.unknownKey'
  | 'seal.notAuthentic';

/** What this file throws. The message is for the operator: it names a key by its id or place, never by its value. */
export class SealError extends Error {
  readonly code: SealErrorCode;

  constructor(code: SealErrorCode, message: string) {
    super(message);
    this.name = 'SealError';
    this.code = code;
  }
}

/** Seals and opens secrets at rest. Made by {@link createSealer}. */
export type Sealer = {
  /**
   * Encrypts and authenticates `plaintext` (text as UTF-8) under the first key, bound to `context`: it opens only with
   * that same context. Two calls never give the same bytes.
   * @throws {SealError} `seal.noContext` where the context is empty.
   */
  seal(plaintext: string | Buffer, context: string): Buffer;
  /**
   * Gives back the plaintext of a value that one of the keys sealed for this very `context`.
   * @throws {SealError} `seal.malformed`, `seal.unknownVersion`, `seal.unknownKey` (the key was taken out of the list),
   * `seal.notAuthentic` (another row's value, changed bytes, or another key under the same id), `seal.noContext`.
   */
  open(sealed: Buffer, context: string): Buffer;
  /**
   * Whether the first key sealed this value; false means that a rotation has still to seal it again.
   * @throws {SealError} `seal.malformed`, `seal.unknownVersion`.
   */
  isCurrent(sealed: Buffer): boolean;
};

/**
 * A sealer over `keys`: the first one seals, every one opens, so that a rotation puts the new key in front and takes the
 * old one out once nothing is sealed under it. AES-256-GCM with a random 96-bit nonce, good for 2³² values a key.
 *
 * `context` is the associated data: name the row and the column (`factor:<account>:<factor>:secret`), and a value copied
 * into another row doesn't open there.
 * @throws {SealError} `keys.missing`, `keys.malformed` (id), `keys.short`, `keys.long`, `keys.duplicate`.
 * @source SPEC.md SAFE-2; SECURITY.md, Design rules 20; NIST SP 800-38D §8.2.2, §8.3
 */
export function createSealer(keys: readonly SealingKey[]): Sealer {
  const current = keys[0];
  if (!current) throw new SealError('keys.missing', 'there is no key to seal with');
  checkKeys(keys);
  const byId = new Map(keys.map((entry) => [entry.id, entry.key]));

  return {
    seal(plaintext, context) {
      const header = Buffer.concat([Buffer.from([VERSION, current.id.length]), Buffer.from(current.id, 'ascii')]);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(header, context));
      const ciphertext = Buffer.concat([
        cipher.update(typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext),
        cipher.final(),
      ]);
      return Buffer.concat([header, nonce, cipher.getAuthTag(), ciphertext]);
    },

    open(sealed, context) {
      const { keyId, header, nonce, tag, ciphertext } = read(sealed);
      const key = byId.get(keyId);
      if (!key)
        throw new SealError('seal.unknownKey', `the value was sealed under key "${keyId}", which is not listed`);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associatedData(header, context));
      decipher.setAuthTag(tag);
      const plaintext = decipher.update(ciphertext);
      try {
        return Buffer.concat([plaintext, decipher.final()]);
      } catch {
        throw new SealError(
          'seal.notAuthentic',
          `the value does not open under key "${keyId}": it was changed, belongs to another row, or the key differs`,
        );
      }
    },

    isCurrent(sealed) {
      return read(sealed).keyId === current.id;
    },
  };
}

/**
 * Reads the keys as the operator writes them: `id:base64,id:base64`, the sealing key first. An id is 1 to 32 letters,
 * digits, `-` or `_`; a key is 32 random bytes in base64 or base64url (`openssl rand -base64 32`). Spaces around entries
 * are forgiven.
 * @throws {SealError} `keys.missing`, `keys.malformed`, `keys.short`, `keys.long`, `keys.weak` (bytes that no random
 * generator gives: repeated, counted up, or plain typed text), `keys.duplicate` (an id or a key twice). The message says
 * which entry and what is wrong with it, and holds nothing of any key.
 * @source SPEC.md RUN-3, SAFE-2
 */
export function parseSealingKeys(text: string): SealingKey[] {
  if (text.trim() === '') throw new SealError('keys.missing', 'there is no key; expected id:base64[,id:base64…]');
  const keys = text.split(',').map((entry, index) => {
    const place = `key ${index + 1}`;
    const match = /^([^:]*):([^:]*)$/.exec(entry.trim());
    if (!match) throw new SealError('keys.malformed', `${place} is not of the form id:base64`);
    const [, id = '', encoded = ''] = match;
    if (!KEY_ID.test(id)) {
      throw new SealError('keys.malformed', `${place}: its id must be 1 to 32 letters, digits, "-" or "_"`);
    }
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) {
      throw new SealError('keys.malformed', `${place} ("${id}") is not base64`);
    }
    return { id, key: Buffer.from(encoded, 'base64') };
  });
  checkKeys(keys);
  for (const { id, key } of keys) {
    const weakness = weaknessOf(key);
    if (weakness) throw new SealError('keys.weak', `key "${id}" is weak: ${weakness}; it must be 32 random bytes`);
  }
  return keys;
}

function checkKeys(keys: readonly SealingKey[]): void {
  for (const [index, { id, key }] of keys.entries()) {
    if (!KEY_ID.test(id)) {
      throw new SealError('keys.malformed', `key ${index + 1}: its id must be 1 to 32 letters, digits, "-" or "_"`);
    }
    if (key.length !== KEY_BYTES) {
      throw new SealError(
        key.length < KEY_BYTES ? 'keys.short' : 'keys.long',
        `key "${id}" has ${key.length} bytes; it must have ${KEY_BYTES}`,
      );
    }
    for (const earlier of keys.slice(0, index)) {
      if (earlier.id === id) throw new SealError('keys.duplicate', `the key id "${id}" is used twice`);
      if (timingSafeEqual(earlier.key, key)) {
        throw new SealError('keys.duplicate', `keys "${earlier.id}" and "${id}" are the same key`);
      }
    }
  }
}

/** Names what gives a key away as not random, or null. 32 random bytes trip each test less than once in 10¹². */
function weaknessOf(key: Buffer): string | null {
  if (new Set(key).size < 16) return 'its bytes repeat';
  const steps = new Set(key.subarray(1).map((byte, index) => byte - key[index]!));
  if (steps.size === 1) return 'its bytes count up or down';
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'it is typed text';
  return null;
}

function associatedData(header: Buffer, context: string): Buffer {
  if (context === '') throw new SealError('seal.noContext', 'a sealed value must be bound to a context');
  return Buffer.concat([header, Buffer.from(context, 'utf8')]);
}

function read(sealed: Buffer) {
  const version = sealed[0];
  const idBytes = sealed[1];
  if (version === undefined || idBytes === undefined) {
    throw new SealError('seal.malformed', 'the sealed value is too short');
  }
  if (version !== VERSION) {
    throw new SealError('seal.unknownVersion', `the sealed value has version ${version}, which is not known`);
  }
  const nonceAt = 2 + idBytes;
  const tagAt = nonceAt + NONCE_BYTES;
  const ciphertextAt = tagAt + TAG_BYTES;
  const keyId = sealed.toString('latin1', 2, nonceAt);
  if (sealed.length < ciphertextAt || !KEY_ID.test(keyId)) {
    throw new SealError('seal.malformed', 'the sealed value is cut short or is not a sealed value');
  }
  return {
    keyId,
    header: sealed.subarray(0, nonceAt),
    nonce: sealed.subarray(nonceAt, tagAt),
    tag: sealed.subarray(tagAt, ciphertextAt),
    ciphertext: sealed.subarray(ciphertextAt),
  };
}
