import { AppError } from "../model/errors.ts";
import { LearnerId } from "../model/learner.ts";
import { SCOPES, type Scope } from "../model/scope.ts";
import type { Sender } from "../service/ingest/ingest.ts";

/** Who calls: the learner that a token names, if it does, and what else it allows. */
export type Caller = {
  learnerId: LearnerId | undefined;
  scopes: ReadonlySet<Scope>;
  /** The token's subject, which stands beside what it decides; none without a token. */
  subject?: string | undefined;
};

/** Who decides where nobody is asked for a token. */
const LOCAL = "local";

/** Whoever calls a service that asks nobody who he is. */
export const ANYONE: Caller = { learnerId: undefined, scopes: new Set(SCOPES) };

/**
 * What a route asks of its caller. `anyone`: nothing. `known`: a good token. `sender`: as `known`, and the token may also
 * be in the body. `self`: the learner in the path, or else `waymark:read`. A scope: that scope.
 */
export type Access = "anyone" | "known" | "sender" | "self" | Scope;

/** @param learnerId as the path has it @throws AppError FORBIDDEN */
export function permit(caller: Caller, access: Access, learnerId: string | undefined): void {
  if (access === "anyone" || access === "known" || access === "sender") return;
  if (access === "self" && caller.learnerId !== undefined && caller.learnerId === learnerIn(learnerId)) return;
  const scope = access === "self" ? "waymark:read" : access;
  if (caller.scopes.has(scope)) return;
  throw new AppError(
    "FORBIDDEN",
    access === "self"
      ? "A learner's token is for that learner alone; a token with the scope waymark:read is for any."
      : `This takes a token with the scope ${scope}.`,
  );
}

/** An id as it is stored, however a path writes it. */
export const learnerIn = (text: string | undefined): LearnerId | undefined =>
  text === undefined ? undefined : LearnerId.safeParse(text).data;

/** In whose name a caller sends events. @throws AppError FORBIDDEN */
export function senderOf({ learnerId, scopes, subject: by = LOCAL }: Caller): Sender {
  if (scopes.has("waymark:write")) return { by, scopes };
  // Who administers decides for anyone, and sends nothing else.
  if (learnerId !== undefined || scopes.has("waymark:admin")) return { learnerId, by, scopes };
  throw new AppError(
    "FORBIDDEN",
    "The token names no learner (sub, or AUTH_LEARNER_CLAIM), and has not the scope waymark:write.",
  );
}
