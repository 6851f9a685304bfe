import { type Decision, isWithdrawal, ofKind, type Void } from "../../model/decision.ts";
import { compareText } from "../../model/text.ts";

/**
 * The voids that stand, by the event_id that each is about. Of several about one event the latest counts; of two at one
 * moment the withdrawal. A void may itself be void: by one that comes behind it in that order, so that there is no circle.
 */
export function standingVoids(decisions: readonly Decision[]): ReadonlyMap<string, Void> {
  const latest = new Map<string, Void>();
  for (const one of ofKind(decisions, "void").sort(latestFirst)) {
    const about = latest.get(one.eventId);
    if (about !== undefined && !isWithdrawal(about)) continue;
    if (!latest.has(one.voids)) latest.set(one.voids, one);
  }
  return new Map([...latest].filter(([, one]) => !isWithdrawal(one)));
}

/** The decisions that no void takes back. */
export function standingAmong(decisions: readonly Decision[]): Decision[] {
  const voids = standingVoids(decisions);
  return decisions.filter(({ eventId }) => !voids.has(eventId));
}

const latestFirst = (a: Void, b: Void): number =>
  compareText(b.at, a.at) || Number(isWithdrawal(b)) - Number(isWithdrawal(a)) || compareText(b.identity, a.identity);
