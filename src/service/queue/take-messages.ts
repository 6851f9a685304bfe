import type { DeadLetter } from "../../aws/dead-letters.ts";
import { errorDetails, type Log, usageDetails } from "../../process/log.ts";
import type { MetricName, Metrics } from "../../process/metrics.ts";
import { noUsage, withUsage } from "../../store/usage.ts";
import type { EventResult } from "../ingest/event-result.ts";
import type { IngestByLearner, Sender } from "../ingest/ingest.ts";
import { countNames, summarizeEvents } from "../ingest/summarize-events.ts";
import { deadLetterOf, type Refused } from "./dead-letter.ts";
import { type Fate, fateOf, fateOfError } from "./fate.ts";
import { type Message, type OpenedMessage, openMessage } from "./message.ts";

/** Whoever the queue's policy lets send is a server: it speaks for any learner, and decides what such a server may. */
const QUEUE_SENDER: Sender = { scopes: new Set(["waymark:write"]), by: "queue" };

type Dependencies = {
  ingest: IngestByLearner;
  /** The JSON value in a body. @throws AppError for a body that is none */
  parse: (text: string) => unknown;
  /** Sends a dead letter. */
  bury: (letter: DeadLetter) => Promise<void>;
  log: Log;
  metrics: Metrics;
};

/** A message whose events have been worked on. */
type Taken = { message: Message; events: readonly Worked[] };
/** `result` is missing of a message that cannot be read. */
type Worked = { event: unknown; fate: Fate; result?: EventResult | { failure: unknown } };

/**
 * Takes a queue's messages: what can never succeed goes to the dead letters, and all the rest that did not is to come
 * again. A message that comes again is worked on whole; what was taken already stays as it is.
 * @returns the ids of the messages that are to come again
 */
export function createTakeMessages({ ingest, parse, bury, log, metrics }: Dependencies) {
  return async (received: readonly Message[]): Promise<string[]> => {
    // The same message may be delivered twice, and also at once.
    const messages = [...new Map(received.map((message) => [message.id, message])).values()];
    const usage = noUsage();
    const taken = await withUsage(usage, () => takeAll(messages.map((message) => openMessage(message, parse))));
    const retried = (await Promise.all(taken.map(finish))).flatMap((id) => id ?? []);
    log.info("Messages taken", { ...summaryOf(taken, retried), store: usageDetails(usage) });
    metrics.add({ ...countsOfTaken(taken), ReadUnits: usage.rcu, WriteUnits: usage.wcu });
    metrics.publish();
    return retried;
  };

  /** All events of all messages at once, so that a learner's are applied in order of time. */
  async function takeAll(opened: readonly OpenedMessage[]): Promise<Taken[]> {
    const events = opened.flatMap((one) => (one.fault ? [] : one.events));
    // An event without a time happened when it was sent: then it is the same event whenever its message comes again.
    const times = opened.flatMap((one) => (one.fault ? [] : one.events.map(() => one.message.sentAt)));
    const results = await ingest(events, QUEUE_SENDER, times);
    let next = 0;
    return opened.map((one) => {
      const { message } = one;
      if (one.fault) return { message, events: [{ event: null, fate: fateOfError(one.fault, message.receiveCount) }] };
      return {
        message,
        events: one.events.map((event) => {
          const result = results[next++] as (typeof results)[number];
          return { event, result, fate: fateOf(result, message.receiveCount) };
        }),
      };
    });
  }

  /** @returns the id of a message that is to come again */
  async function finish({ message, events }: Taken): Promise<string | undefined> {
    // Its dead letter waits until the rest is through, so that it is sent once.
    if (events.some(({ fate }) => fate.kind === "retried")) return message.id;
    const refused = events.filter((one): one is Refused => one.fate.kind === "refused");
    if (refused.length === 0) return undefined;
    const letter = deadLetterOf(message, refused, events.length);
    try {
      await bury(letter);
      metrics.add({ DeadLetters: 1 });
      log.warn("Dead letter sent", { code: letter.code, events: refused.length });
      return undefined;
    } catch (error) {
      log.error("A dead letter was not sent; its message comes again", { code: letter.code, ...errorDetails(error) });
      return message.id;
    }
  }
}

/** What is to come again is counted when it has come to an end. */
function countsOfTaken(taken: readonly Taken[]): Partial<Record<MetricName, number>> {
  const events = taken.flatMap(({ events }) => events);
  const ended = events.flatMap(({ fate, result }) =>
    result === undefined || "failure" in result || fate.kind === "retried" ? [] : [result],
  );
  const failed = events.some(({ result }) => result !== undefined && "failure" in result);
  return { ...summarizeEvents(ended).counts, StoreFailures: failed ? 1 : 0 };
}

/** What the log says of an invocation: no bodies, and nobody's id. */
function summaryOf(taken: readonly Taken[], retried: readonly string[]): Record<string, unknown> {
  const events = taken.flatMap(({ events }) => events);
  const causes = events.flatMap(({ fate }) =>
    fate.kind === "retried" ? [JSON.stringify(errorDetails(fate.cause))] : [],
  );
  const of = (kind: Fate["kind"]) => events.filter(({ fate }) => fate.kind === kind).length;
  return {
    messages: taken.length,
    messages_retried: retried.length,
    events: events.length,
    accepted: of("accepted"),
    retried: of("retried"),
    refused: of("refused"),
    dropped: of("dropped"),
    event_names: countNames(events.map(({ event }) => event)),
    ...(causes.length > 0 && { causes: [...new Set(causes)].slice(0, 5).map((cause) => JSON.parse(cause)) }),
  };
}
