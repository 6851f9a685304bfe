import { randomUUID } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { ErrorCode } from "../model/errors.ts";
import { pseudonymOf } from "../model/learner.ts";
import { type Log, rounded, usageDetails } from "../process/log.ts";
import type { Metrics } from "../process/metrics.ts";
import type { EventResult } from "../service/ingest/event-result.ts";
import { countNames, summarizeEvents } from "../service/ingest/summarize-events.ts";
import { noUsage, type Usage, withUsage } from "../store/usage.ts";

/** What a request's one line in the log is made of, besides what every request has. */
type Noted = {
  /** The path as ROUTES has it: the path itself names learners. */
  route: string;
  code?: ErrorCode;
  learnerId?: string | undefined;
  /** As they were sent. */
  events?: readonly unknown[];
  results?: readonly EventResult[];
  usage: Usage;
};

const NOTED = "waymark-noted";

/** Adds to the line of a request. */
export const note = (context: Context, more: Partial<Omit<Noted, "usage">>): void =>
  void Object.assign(context.get(NOTED) as Noted, more);

/** What a request has asked of the store so far. */
export const usageOf = (context: Context): Usage => (context.get(NOTED) as Noted).usage;

/** One line and one set of metrics for each request. No body, no token, no address and no learner's id is in them. */
export function logRequests(log: Log, metrics: Metrics): MiddlewareHandler {
  return async (context, next) => {
    const began = performance.now();
    const usage = noUsage();
    const noted: Noted = { route: "none", usage };
    const requestId = requestIdOf(context);
    context.set(NOTED, noted);
    // Before the answer is made: to change one that is made, it must be made again.
    context.header("X-Request-Id", requestId);
    await withUsage(usage, next);

    const { status } = context.res;
    const { route, code, learnerId, events, results } = noted;
    const { summary, counts } = results ? summarizeEvents(results) : {};
    const duration = performance.now() - began;
    log.info("Request", {
      request_id: requestId,
      method: context.req.method,
      route,
      status,
      ...(code && { code }),
      ...(learnerId !== undefined && { learners: [pseudonymOf(learnerId)] }),
      ...(events && { event_names: countNames(events) }),
      ...summary,
      duration_ms: rounded(duration),
      store: usageDetails(usage),
    });
    metrics.add({
      ...counts,
      Requests: 1,
      RequestFailures: status >= 500 ? 1 : 0,
      RequestsLimited: code === "TOO_MANY_REQUESTS" ? 1 : 0,
      Latency: duration,
      StoreFailures: code === "STORE_UNAVAILABLE" ? 1 : 0,
      ReadUnits: usage.rcu,
      WriteUnits: usage.wcu,
    });
    metrics.publish();
  };
}

/** API Gateway's, by which its own log knows the request; elsewhere a new one. */
function requestIdOf({ env }: Context): string {
  const id = (env as { requestContext?: { requestId?: unknown } } | undefined)?.requestContext?.requestId;
  return typeof id === "string" ? id : randomUUID();
}
