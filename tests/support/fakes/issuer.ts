import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { SCOPES } from "../../../src/model/scope.ts";
import { PLANTED } from "../oracles/leaks.ts";

const ISSUER = "https://login.example.com/";
const AUDIENCE = "waymark-test";

export type Issuer = {
  /** What a service is started with that believes this issuer. */
  variables: { AUTH_ISSUER: string; AUTH_AUDIENCE: string; AUTH_JWKS: string };
  /** A good token, where `claims` does not say otherwise. */
  mint(claims?: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
};

/** Somebody who issues tokens, with keys of his own in a file of this folder. */
export async function createIssuerIn(folder: string, kid = "key-1"): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const file = join(folder, "jwks.json");
  writeFileSync(file, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" }] }));
  return {
    variables: { AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE, AUTH_JWKS: file },
    mint(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const usual = { iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 3_600, jti: PLANTED };
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: "RS256", kid, typ: "JWT", ...header })
        .sign(privateKey);
    },
  };
}

export const ALL_SCOPES = SCOPES.join(" ");
export const bearer = (token: string): { Authorization: string } => ({ Authorization: `Bearer ${token}` });
