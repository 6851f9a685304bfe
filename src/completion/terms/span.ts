import type { Definition } from "../../catalog/catalog.ts";
import type { Waiver } from "../../model/decision.ts";
import { minus, plus } from "../../model/duration.ts";
import type { EntityState, Flag } from "../../model/progress.ts";
import { millisecondsOf, type Timestamp, toTimestamp } from "../../model/time.ts";
import { validateCompletionTimestamp } from "../claim.ts";
import { claimBetween } from "./claims.ts";
import type { Term, TermEnd } from "./term.ts";

/** When a window was first satisfied; by a waiver, where one gives the time. */
export type Found = { at: Timestamp; waiver?: Waiver };

type Span = {
  definition: Definition | undefined;
  state: EntityState;
  find: (opensAt: Timestamp) => Found | undefined;
  start: Timestamp;
  /** Where the span ends, by a reset; nothing that happens then belongs to it. */
  cut: Timestamp | undefined;
  /** A flag that tells when its term was completed, whatever the facts say today. */
  anchor?: Flag | undefined;
};

/** The terms that are completed between two resets, oldest first. */
export function termsOfSpan(span: Span): Term[] {
  const terms: Term[] = [];
  let isAnchored = span.anchor === undefined;
  let opensAt: Timestamp | undefined = span.start;
  while (opensAt !== undefined) {
    const term: Term | undefined = isAnchored ? nextTerm(span, opensAt) : termBefore(span, opensAt);
    if (term === undefined) break;
    if (!isAnchored && term.completedAt === span.anchor?.completedAt) isAnchored = true;
    terms.push(term);
    opensAt = term.nextOpensAt;
  }
  return terms.map((term, index) => ({ ...term, end: endOf(term, terms[index + 1], span.cut) }));
}

function nextTerm({ definition, state, find, cut }: Span, opensAt: Timestamp): Term | undefined {
  const found = find(opensAt);
  if (found === undefined || (cut !== undefined && found.at >= cut)) return undefined;
  const claim = claimBetween(state, opensAt, cut);
  const completedAt = claim ? validateCompletionTimestamp(claim.at, found.at).completedAt : found.at;
  return { ...termFrom(definition, opensAt, completedAt), inferredAt: found.at, waiver: found.waiver };
}

/** The next term up to the one that a flag tells of: what the facts complete later than it, they do not tell. */
function termBefore(span: Span, opensAt: Timestamp): Term {
  const { anchor, definition } = span;
  const anchoredAt = (anchor as Flag).completedAt;
  const byFacts = nextTerm(span, opensAt);
  const isEarlier =
    byFacts !== undefined &&
    byFacts.nextOpensAt !== undefined &&
    byFacts.completedAt < anchoredAt &&
    (anchor?.term ?? 1) > 1;
  // What the flag tells of may lie before what would open today.
  if (isEarlier && byFacts.nextOpensAt !== undefined && byFacts.nextOpensAt <= anchoredAt) return byFacts;
  return { ...termFrom(definition, opensAt, anchoredAt), inferredAt: anchoredAt };
}

function termFrom(definition: Definition | undefined, opensAt: Timestamp, completedAt: Timestamp) {
  const { validFor, renewFrom } = definition ?? {};
  if (validFor === undefined) return { opensAt, completedAt };
  const expiresAt = plus(completedAt, validFor);
  if (renewFrom === undefined) return { opensAt, completedAt, expiresAt, nextOpensAt: expiresAt };
  const renewable = minus(expiresAt, renewFrom);
  const justAfter = toTimestamp(millisecondsOf(completedAt) + 1);
  return { opensAt, completedAt, expiresAt, nextOpensAt: renewable > justAfter ? renewable : justAfter };
}

function endOf({ expiresAt }: Term, next: Term | undefined, cut: Timestamp | undefined): TermEnd | undefined {
  if (expiresAt !== undefined && next !== undefined && next.completedAt < expiresAt)
    return { at: next.completedAt, by: "renewed" };
  if (expiresAt !== undefined && (cut === undefined || expiresAt <= cut)) return { at: expiresAt, by: "expired" };
  return cut === undefined ? undefined : { at: cut, by: "reset" };
}
