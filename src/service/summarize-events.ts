import type { ErrorCode } from "../model/errors.ts";
import { pseudonymOf } from "../model/learner.ts";
import type { EventResult } from "./ingest.ts";
import type { MetricName } from "./metrics.ts";

/** What is logged and counted of events: names, numbers and codes; nothing that a page sent but these. */
export type EventsSummary = {
  event_names: Record<string, number>;
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
  const summary: EventsSummary = { event_names: {}, learners: [], accepted: 0, refused: {}, completions: 0 };
  const learners = new Set<string>();
  let claims = 0;
  let claimsRefused = 0;
  for (const { name = "unreadable", learnerId, ...result } of results) {
    count(summary.event_names, name);
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

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};
