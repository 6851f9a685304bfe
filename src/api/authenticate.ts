import { readFileSync } from "node:fs";
import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { AppError } from "../model/errors.ts";
import { EnvironmentError, type TokenIssuer } from "../process/environment.ts";
import { ANYONE, type Caller } from "./caller.ts";
import { readClaims } from "./claims.ts";
import { remoteKeys } from "./remote-keys.ts";

/**
 * Who calls, by his token.
 * @throws AppError UNAUTHENTICATED for a token that is missing or not good, KEYS_UNAVAILABLE while that cannot be told
 */
export type Authenticate = (token: string | undefined) => Promise<Caller>;

/** Signatures that only the issuer can make: none whose key we would share with it, and not `none`. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
/** How far the issuer's clock may differ from ours. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Verifies every caller's token. @throws EnvironmentError for a file of keys that cannot be read */
export function createAuthenticate(tokenIssuer: TokenIssuer): Authenticate {
  const { issuer, audience, jwks } = tokenIssuer;
  const keys = /^https?:\/\//i.test(jwks) ? remoteKeys(new URL(jwks)) : keysInFile(jwks);
  const options: JWTVerifyOptions = {
    issuer,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ["exp"],
    ...(audience !== undefined && { audience }),
  };
  return async (token) => {
    if (token === undefined) throw unauthenticated("Send a token: Authorization: Bearer …, or `token` in the body.");
    const read = readClaims(await verify(token, keys, options).catch(refused), tokenIssuer);
    if (!read.ok) throw unauthenticated(read.reason);
    return read.caller;
  };
}

/** Asks nobody for a token, but holds those who send one to it. */
export const createOpenAuthenticate = (issuer: TokenIssuer): Authenticate => {
  const authenticate = createAuthenticate(issuer);
  return async (token) => (token === undefined ? ANYONE : authenticate(token));
};

const unauthenticated = (detail: string, cause?: unknown) => new AppError("UNAUTHENTICATED", detail, { cause });

async function verify(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    // A token that does not name its key is tried with each that fits.
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** What is wrong with a token, for whoever sent it; nothing of the token is told back. */
function refused(error: unknown): never {
  if (error instanceof AppError) throw error;
  if (error instanceof errors.JWTExpired)
    throw unauthenticated("The token has expired. Get a new one, and send again.");
  if (error instanceof errors.JWTClaimValidationFailed)
    throw unauthenticated(`The token's claim ${error.claim} is not what this service asks for.`);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    throw unauthenticated("The token is not signed by a key of this service's issuer.");
  if (error instanceof errors.JOSEAlgNotAllowed)
    throw unauthenticated(`The token's algorithm is not one of ${ALGORITHMS.join(", ")}.`);
  throw unauthenticated("The token is no JWT that can be verified.");
}

function keysInFile(file: string): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(file, "utf8")) as JSONWebKeySet);
  } catch (error) {
    throw new EnvironmentError([`AUTH_JWKS=${JSON.stringify(file)}: No JSON Web Key Set: ${(error as Error).message}`]);
  }
}
