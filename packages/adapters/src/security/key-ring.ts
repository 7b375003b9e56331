import type { Clock, PublicJwk, SigningKeyDirectory, Storage } from '@mentorship/application';
import {
  type Instant,
  isKeyValid,
  keyRetentionMs,
  keyExpiry,
  type Lifetimes,
  maySign,
  type Seconds,
  type SigningKey,
} from '@mentorship/domain';
import { coalesceCalls } from './coalesce-calls.ts';
import { generateEd25519Key, isThumbprint, thumbprint, toJwk, toPem } from './ed25519-key.ts';

/** The key of this process. The private key stays in memory and is never stored. */
interface OwnKey extends SigningKey {
  readonly privateKey: string;
}

interface PublishedKey extends SigningKey {
  readonly pem: string;
}

/** The published keys of all instances, and the signing key of this process. */
export interface KeyRing {
  /** Returns a published key that stays valid for longer than a token that expires at `exp`. */
  signingKey(exp: Seconds): Promise<{ readonly kid: string; readonly privateKey: string }>;
  /** Returns the PEM to verify with, null for an unpublished key. An unknown, well-formed kid waits for a shared reload. */
  publicKey(kid: unknown): Promise<string | null>;
  /** Whether the key is published and has not expired, as of the last reload. */
  has(kid: string): boolean;
  publicKeys(): PublicJwk[];
  /** Reads the published keys again. */
  reload(): Promise<void>;
}

/** Reloads start at least this far apart, so that a flood of unknown kids causes at most four a second. */
const minReloadIntervalMs = 250;

/**
 * The instances share their public keys through the store. Each generates a key pair and publishes the public key with an
 * expiry before it signs. So a restart ends no session, and there is no secret to configure.
 */
export const createKeyRing = ({
  storage,
  signingKeyDirectory,
  clock,
  lifetimes,
}: {
  storage: Storage;
  signingKeyDirectory: SigningKeyDirectory;
  clock: Clock;
  lifetimes: Lifetimes;
}): KeyRing => {
  let published = new Map<string, PublishedKey>();
  let own: OwnKey | null = null;
  let publishing: Promise<OwnKey> | null = null;

  const add = (key: SigningKey) => {
    const pem = toPem(key.publicKey);
    if (pem !== null) published.set(key.kid, { ...key, pem });
  };
  const live = (kid: string) => {
    const key = published.get(kid);
    return key && isKeyValid(key, clock.now()) ? key : undefined;
  };

  const reload = async () => {
    const keys = await signingKeyDirectory.list();
    const before = published;
    published = new Map();
    // The kid is computed from the key: a row cannot claim the kid of another key.
    for (const key of keys) {
      const kid = thumbprint(key.publicKey);
      const known = before.get(kid);
      if (known?.expiresAt === key.expiresAt) published.set(kid, known);
      else add({ ...key, kid });
    }
  };
  const sharedReload = coalesceCalls(reload, minReloadIntervalMs);

  const publish = async (exp: Seconds): Promise<OwnKey> => {
    const now = clock.now();
    // A valid key whose row was lost is published again, not replaced.
    const key = own && !published.has(own.kid) && maySign(own, exp, now) ? own : generateKey(now, lifetimes);
    await storage.atomically(async ({ signingKeys }) => {
      await signingKeys.publish(key);
      await signingKeys.prune(now - keyRetentionMs);
    });
    own = key;
    add({ kid: key.kid, publicKey: key.publicKey, createdAt: key.createdAt, expiresAt: key.expiresAt });
    return key;
  };

  return {
    async signingKey(exp) {
      const row = own && published.get(own.kid);
      if (own && row && maySign(row, exp, clock.now())) return own;
      publishing ??= publish(exp).finally(() => {
        publishing = null;
      });
      return publishing;
    },

    async publicKey(kid) {
      if (!isThumbprint(kid)) return null;
      if (!published.has(kid)) await sharedReload();
      return live(kid)?.pem ?? null;
    },

    has: (kid) => live(kid) !== undefined,
    publicKeys: () => [...published.values()].filter(({ kid }) => live(kid)).map(({ publicKey }) => toJwk(publicKey)),
    reload: sharedReload,
  };
};

const generateKey = (now: Instant, lifetimes: Lifetimes): OwnKey => {
  const { privateKey, publicKey } = generateEd25519Key();
  return { kid: thumbprint(publicKey), privateKey, publicKey, createdAt: now, expiresAt: keyExpiry(now, lifetimes) };
};
