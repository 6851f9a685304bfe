import type { ErrorCode } from "../../model/errors.ts";
import { EVENT_NAMES } from "../../model/events/index.ts";
import { pseudonymOf } from "../../model/learner.ts";
import type { MetricName } from "../../process/metrics.ts";
import type { EventResult } from "./event-result.ts";

/** What is logged and counted of events: pseudonyms, numbers and codes. */
export type EventsSummary = {
  learners: string[];
  accepted: number;
  refused: Record<string, number>;
  completions: number;
};

const CLAIM_CODES = new Set<ErrorCode>(["COMPLETION_NOT_REACHED", "UNKNOWN_COURSE", "UNKNOWN_PATHWAY"]);
export const isRefusedClaim = ({ code }: { code: ErrorCode }): boolean => CLAIM_CODES.has(code);

export function summarizeEvents(results: readonly EventResult[]): {
  summary: EventsSummary;
  counts: Partial<Record<MetricName, number>>;
} {
  const summary: EventsSummary = { learners: [], accepted: 0, refused: {}, completions: 0 };
  const learners = new Set<string>();
  let claims = 0;
  let claimsRefused = 0;
  for (const { learnerId, ...result } of results) {
    if (learnerId !== undefined) learners.add(pseudonymOf(learnerId));
    if (result.error) {
      count(summary.refused, result.error.code);
      if (isRefusedClaim(result.error)) claimsRefused++;
    } else {
      summary.accepted++;
      summary.completions += result.outcome.flagged.filter(({ newlyCompleted }) => newlyCompleted).length;
      if (result.outcome.isClaim) claims++;
    }
  }
  summary.learners = [...learners];
  const counts = {
    Events: results.length,
    EventsRefused: results.length - summary.accepted,
    Claims: claims + claimsRefused,
    ClaimsRefused: claimsRefused,
    Completions: summary.completions,
  };
  return { summary, counts };
}

const KNOWN = new Set<unknown>(EVENT_NAMES);

/** How many events of each name there are, as they were sent; only names that are ours, since anything may stand there. */
export function countNames(events: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of events) {
    const name = (event as { eventName?: unknown } | null)?.eventName;
    count(counts, KNOWN.has(name) ? String(name) : "unknown");
  }
  return counts;
}

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};
