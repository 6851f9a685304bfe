import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { AppError } from "../model/errors.ts";

const TIMEOUT_MS = 2_000;
/** How long fetched keys are believed without asking again. */
const MAX_AGE_MS = 600_000;
/** While the issuer does not answer, known keys stay in use, and it is asked again after this. */
const RETRY_MS = 30_000;
/**
 * Anyone can write a token that names a key which nobody knows, so such tokens have the issuer asked once a second at
 * most. A genuine new key waits no longer than that either.
 */
const UNKNOWN_KEY_MS = 1_000;

/** The issuer's keys, kept across requests; the last ones stay in use while new ones cannot be fetched. */
export function remoteKeys(address: URL): JWTVerifyGetKey {
  // When to fetch is decided here alone, because jose counts only fetches that succeeded.
  const remote = createRemoteJWKSet(address, {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: Number.POSITIVE_INFINITY,
  });
  let askedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  const age = () => performance.now() - askedAt;

  /** Whoever comes while the issuer is being asked waits for the same answer. */
  async function ask(): Promise<void> {
    if (!remote.reloading) askedAt = performance.now();
    try {
      await remote.reload();
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  async function askForUnknown(): Promise<void> {
    if (remote.reloading || age() >= UNKNOWN_KEY_MS) await ask();
  }

  async function freshen(): Promise<void> {
    if (remote.jwks() !== undefined) {
      if (age() >= (failure === undefined ? MAX_AGE_MS : RETRY_MS)) await ask();
      return;
    }
    await askForUnknown();
    if (remote.jwks() === undefined) throw unavailable(failure);
  }

  return async (header, token) => {
    await freshen();
    try {
      return await remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await askForUnknown();
      // While the issuer does not answer, it cannot be told whether the key is new or nobody's.
      if (failure !== undefined) throw unavailable(failure);
      return remote(header, token);
    }
  };
}

const unavailable = (cause: unknown) =>
  new AppError("KEYS_UNAVAILABLE", "The issuer's keys cannot be fetched now. Send again: that is safe.", { cause });
