import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { StartError } from "../commands/start-error.ts";
import type { TokenIssuer } from "../process/environment.ts";

const ISSUER = "waymark-local";
const AUDIENCE = "waymark";
const ALGORITHM = "ES256";

/** What `npm run token` signs with, in the data folder; made when it is first asked for. */
export type LocalIssuer = TokenIssuer & { audience: string; privateKey: JWK };

/** @throws StartError when the folder cannot be written */
export const localIssuer = (dataDir: string): Promise<LocalIssuer> =>
  issuerIn(dataDir).catch((error: Error) => {
    throw new StartError(`The folder ${dataDir} cannot be used: ${error.message}`);
  });

async function issuerIn(dataDir: string): Promise<LocalIssuer> {
  const folder = join(dataDir, "tokens");
  const [privateFile, jwks] = [join(folder, "private.jwk.json"), join(folder, "jwks.json")];
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    const key = { ...(await exportJWK(pair.privateKey)), alg: ALGORITHM };
    // "wx": of two that make a key at once, the second takes the first one's.
    writeFileSync(privateFile, JSON.stringify(key), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const privateKey = JSON.parse(readFileSync(privateFile, "utf8")) as JWK;
  const { d: _, ...publicKey } = privateKey;
  writeFileSync(jwks, JSON.stringify({ keys: [publicKey] }, null, 2));
  return { issuer: ISSUER, audience: AUDIENCE, jwks, privateKey };
}

export type TokenWishes = { learner?: string | undefined; scope?: string | undefined; expires: string };

/** A token that the local service takes. @param wishes.expires such as `1h`; see jose's setExpirationTime */
export async function mintToken(
  { issuer, audience, privateKey }: LocalIssuer,
  { learner, scope, expires }: TokenWishes,
): Promise<string> {
  const token = new SignJWT(scope === undefined ? {} : { scope })
    .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires);
  if (learner !== undefined) token.setSubject(learner);
  return token.sign(await importJWK(privateKey, ALGORITHM));
}
