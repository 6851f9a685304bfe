import { randomBytes } from "node:crypto";
import { SignJWT } from "jose";
import { ALL_SCOPES, type Issuer } from "../../support/fakes/issuer.ts";
import type { Tokens } from "./header-arbitraries.ts";

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Tokens of a server, of a reader and of learners; and of everybody who should not get in. */
export async function tokensOf(issuer: Issuer, stranger: Issuer, areAskedFor: boolean): Promise<Tokens> {
  const good = await Promise.all([
    issuer.mint({ sub: "lms", scope: ALL_SCOPES }),
    issuer.mint({ scope: "waymark:write" }),
    issuer.mint({ scope: "waymark:read" }),
    issuer.mint({ sub: "fuzz-1" }),
    issuer.mint({ sub: "fuzz-2", scope: "" }),
  ]);
  const [, claims, signature] = (good[0] as string).split(".") as [string, string, string];
  const secret = new SignJWT({ sub: "fuzz-1" }).setProtectedHeader({ alg: "HS256", kid: "key-1" });
  const bad = [
    ...(await Promise.all([
      issuer.mint({ sub: "fuzz-1", exp: 1 }),
      issuer.mint({ sub: "fuzz-1", nbf: 4e9 }),
      issuer.mint({ sub: "fuzz-1", exp: undefined } as never),
      issuer.mint({ sub: "fuzz-1", iss: "https://evil.example.com/" }),
      issuer.mint({ sub: "fuzz-1", aud: "others" }),
      issuer.mint({ sub: "x".repeat(300), scope: ALL_SCOPES }),
      issuer.mint({ sub: { $ne: null }, scope: ALL_SCOPES } as never),
      issuer.mint({ sub: "a\0b" }),
      issuer.mint({ scope: ["waymark:write"] } as never),
      issuer.mint({ scope: "waymark:everything" }),
      issuer.mint({ sub: "fuzz-1" }, { kid: "another" }),
      stranger.mint({ sub: "fuzz-1", scope: ALL_SCOPES }),
      secret.sign(randomBytes(32)),
    ])),
    `${base64({ alg: "none" })}.${claims}.`,
    `${base64({ alg: "NONE", typ: "JWT" })}.${claims}.${signature}`,
    `${base64({ alg: "RS256", kid: "key-1", crit: ["x"], x: 1 })}.${claims}.${signature}`,
    `${base64({ alg: "RS256", kid: "key-1", jku: "http://127.0.0.1:9/", jwk: {} })}.${claims}.${signature}`,
    `${base64({ alg: "RS256", kid: "../../etc/passwd" })}.${claims}.${signature}`,
    `${base64({ alg: ["RS256"] })}.${claims}.${signature}`,
    `${base64(null)}.${base64(null)}.${base64(null)}`,
    `${claims}.${claims}.${signature}`,
    `${"A".repeat(6_000)}.${claims}.${signature}`,
    randomBytes(40).toString("base64"),
    "eyJhbGciOiJSUzI1NiJ9..",
  ];
  return { good, bad, areAskedFor };
}
