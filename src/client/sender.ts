import { idOf, type Queue, type Waiting } from "./queue.ts";
import type { Answer, Request } from "./request.ts";
import type { Result } from "./types.ts";

const MAX_EVENTS = 100;
const MAX_BYTES = 240_000;
/** A browser lets pages that are gone send 64 KB. */
const MAX_LEAVING_BYTES = 60_000;
/** So many answers in a row that make no sense are enough: what answers there is not the service. */
const MAX_UNREADABLE = 5;
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 300_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

export type Sender = {
  /** Sends what waits, unless it is too early. @param impatient does not wait for a delay of our own, only for the service's */
  start(impatient?: boolean): Promise<void>;
  /** Sends, with the page's last breath, what fits into one request. */
  leave(): void;
  stop(): void;
};

type Wiring = {
  queue: Queue;
  request: Request;
  /** Takes the answers to a batch, in its order. */
  settle(batch: readonly Waiting[], results: readonly Result[]): void;
  /** Runs while no other tab does. @param work never fails */
  exclusively(work: () => Promise<void>): Promise<void>;
};

/** Sends events in batches until the service has answered each; one that is sent twice counts once. */
export function createSender({ queue, request, settle, exclusively }: Wiring): Sender {
  let running: Promise<void> | undefined;
  let asked = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let unreadable = 0;
  let waitUntil = 0;
  let isTold = false;

  /** Undefined when the batch is answered, else how long to wait: for ever where nobody answers sensibly. */
  const delayAfter = (answer: Answer | undefined): number => {
    const { status = 0, headers } = answer ?? {};
    const isBusy = !answer || status === 429 || status >= 500;
    if (!isBusy && ++unreadable >= MAX_UNREADABLE) return Number.POSITIVE_INFINITY;
    const given = headers?.get("retry-after") ?? "";
    const told = Number(given) * 1_000 || Date.parse(given) - Date.now();
    isTold = told > 0;
    return isTold
      ? Math.min(told, MAX_RETRY_AFTER_MS) * (1 + Math.random() / 4)
      : Math.min(FIRST_DELAY_MS * 2 ** failures++, MAX_DELAY_MS) * (0.5 + Math.random());
  };

  const send = async (batch: readonly Waiting[], keepalive = false): Promise<number | undefined> => {
    // No connection and no token are the same to us: both may come back.
    const answer = await request("/events/track", `"events":[${batch.map(({ body }) => body)}]`, keepalive).catch(
      () => undefined,
    );
    const { ok, status, json } = answer ?? {};
    if (status === 400 || status === 413) {
      const half = batch.length >> 1;
      if (half > 0) return (await send(batch.slice(0, half))) ?? (await send(batch.slice(half)));
      const error = json?.code ? json : { code: `HTTP_${status}` };
      settle(
        batch,
        batch.map(({ key }) => ({ status: "refused", event_id: idOf(key), error })),
      );
      return undefined;
    }
    if (!ok || json?.results?.length !== batch.length) return delayAfter(answer);
    failures = unreadable = 0;
    settle(batch, json.results);
    return undefined;
  };

  const run = async () => {
    for (let batch: Waiting[]; ; ) {
      asked = false;
      batch = queue.batch(MAX_EVENTS, MAX_BYTES);
      if (batch.length === 0) return;
      const delay = await send(batch);
      if (delay === undefined) continue;
      waitUntil = 0;
      if (delay < Number.POSITIVE_INFINITY) {
        waitUntil = Date.now() + delay;
        timer = setTimeout(() => {
          waitUntil = 0;
          void start();
        }, delay);
      }
      return;
    }
  };

  const start = (impatient = false): Promise<void> => {
    if (running) {
      asked = true;
      return running;
    }
    if (Date.now() < waitUntil && (isTold || !impatient)) return Promise.resolve();
    clearTimeout(timer);
    running = exclusively(run).then(() => {
      running = undefined;
      // What came after the last look at the queue, and before this.
      return asked ? start() : undefined;
    });
    return running;
  };

  return {
    start,
    leave() {
      const batch = queue.batch(MAX_EVENTS, MAX_LEAVING_BYTES, true);
      if (batch.length > 0) void send(batch, true);
    },
    stop: () => clearTimeout(timer),
  };
}
