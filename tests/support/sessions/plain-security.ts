import type { Clock, PasswordHasher, TokenSigner } from '@mentorship/application';
import { type Lifetimes, normalisePassword, type PasswordHash, readClaims } from '@mentorship/domain';

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString();

export interface PlainPasswordHasher extends PasswordHasher {
  /** Runs the work during the next hashing or verification, as concurrent work runs during the real one. */
  meanwhile(work: () => Promise<unknown>): void;
}

/** Stores the password readably, at no cost; salted and encoded in parts like a real hash. */
export const plainPasswordHasher = (): PlainPasswordHasher => {
  let salt = 0;
  let pending: (() => Promise<unknown>) | undefined;
  const runPending = async () => {
    const work = pending;
    pending = undefined;
    await work?.();
  };
  return {
    async hash(password) {
      await runPending();
      return `plain$cost=0$salt${(salt += 1)}$${encode(password)}` as PasswordHash;
    },
    async verify(typed, hash) {
      await runPending();
      return hash !== null && hash.split('$').at(-1) === encode(normalisePassword(typed));
    },
    isCurrent: (hash) => hash.startsWith('plain$'),
    meanwhile(work) {
      pending = work;
    },
  };
};

/** Does not sign: a token is its encoded claims. The token policy checks them, as in the real signer. */
export const plainTokenSigner = (clock: Clock, lifetimes: Lifetimes): TokenSigner => ({
  sign: async (claims) => encode(JSON.stringify(claims)),
  verify: async (type, token) => {
    const payload = readJson(decode(token));
    return payload && readClaims(type, payload, { now: clock.now(), lifetimes });
  },
  publicKeys: () => [],
});

const readJson = (text: string): Record<string, unknown> | null => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
};
