import type { JWTPayload } from "jose";
import * as z from "zod";
import { LearnerId } from "../model/learner.ts";
import type { TokenIssuer } from "../process/environment.ts";
import type { Caller } from "./caller.ts";
import { scopesOf } from "./scopes.ts";

export type ReadClaims = { ok: true; caller: Caller } | { ok: false; reason: string };

const Learner = z
  .union([z.int().transform(String), z.string()])
  .pipe(LearnerId)
  .optional();
const Names = z.union([z.string().transform((text) => text.split(" ")), z.array(z.string())]);

/**
 * The claims in which identity providers say what a token allows: `scope` is the standard's, `scp` and `roles` are
 * Entra's. A `scope` of another form is refused; the other two may be somebody's own claims, and then say nothing to us.
 */
const Claims = z.object({
  scope: z.string().default(""),
  scp: Names.catch([]),
  roles: Names.catch([]),
  client_id: z.string().optional().catch(undefined),
  azp: z.string().optional().catch(undefined),
  sub: z.string().optional().catch(undefined),
});

/** What a verified token says of its caller; or why it says nothing that can be used. */
export function readClaims(payload: JWTPayload, issuer: Omit<TokenIssuer, "jwks" | "issuer">): ReadClaims {
  const { clientIds, learnerClaim = "sub", scopeNames } = issuer;
  const claims = Claims.safeParse(payload);
  if (!claims.success) return refused(`The token's claim ${String(claims.error.issues[0]?.path[0])} cannot be used.`);
  const learner = Learner.safeParse(payload[learnerClaim] ?? undefined);
  if (!learner.success) return refused(`The token's claim ${learnerClaim} cannot be used.`);

  const { scope, scp, roles, client_id: clientId, azp, sub } = claims.data;
  // Keycloak and Auth0 name the client in azp.
  const client = clientId ?? azp;
  if (clientIds !== undefined && !(client !== undefined && clientIds.includes(client)))
    return refused("The token's claim client_id is not what this service asks for.");
  const scopes = scopesOf([...scope.split(" "), ...scp, ...roles], scopeNames);
  return { ok: true, caller: { learnerId: learner.data, scopes, subject: sub ?? client ?? "unknown" } };
}

const refused = (reason: string): ReadClaims => ({ ok: false, reason });
