import { idOf, type Queue, type Waiting } from "./queue.ts";
import type { Answer, Request } from "./request.ts";
import type { News } from "./tabs.ts";
import type { Result } from "./types.ts";

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
  /** Takes events off the queue, with the answers to them. */
  settle(news: News<Result>): void;
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
  let left = "";
  const answered = new Map<string, Result>();
  const finish = () => {
    const news = [...answered];
    answered.clear();
    if (news.length > 0) settle(news);
  };

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
    if (answer?.status === 400 || answer?.status === 413) return sendHalves(batch, answer);
    const results = answer?.ok ? answer.json?.results : undefined;
    if (results?.length !== batch.length) return delayAfter(answer);
    failures = unreadable = 0;
    for (const [index, { key }] of batch.entries()) answered.set(key, results[index]);
    return undefined;
  };

  /** Finds the one event that is at fault, so that the others are taken. */
  const sendHalves = async (batch: readonly Waiting[], { status, json }: Answer): Promise<number | undefined> => {
    const half = batch.length >> 1;
    if (half > 0) return (await send(batch.slice(0, half))) ?? (await send(batch.slice(half)));
    const error = json?.code ? json : { code: `HTTP_${status}` };
    for (const { key } of batch) answered.set(key, { status: "refused", event_id: idOf(key), error });
    return undefined;
  };

  const run = async () => {
    let delay: number | undefined;
    let keys: string[] = [];
    do {
      // To list and sort a thousand takes a while, so that it is not done for each batch.
      if (keys.length === 0) {
        asked = false;
        keys = queue.keys();
      }
      const batch = queue.batch(MAX_BYTES, answered, keys);
      if (batch.length === 0) break;
      const sending = send(batch);
      // What the batch before came to is told while this one is under way.
      finish();
      delay = await sending;
    } while (delay === undefined);
    finish();
    waitUntil = 0;
    if (delay === undefined || delay === Number.POSITIVE_INFINITY) return;
    waitUntil = Date.now() + delay;
    timer = setTimeout(() => {
      waitUntil = 0;
      void start();
    }, delay);
  };

  const start = (impatient = false): Promise<void> => {
    if (running) {
      asked = true;
      return running;
    }
    left = "";
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
      const batch = queue.batch(MAX_LEAVING_BYTES, answered);
      const leaving = batch.map(({ key }) => key).join();
      // A page that goes is told so twice.
      if (leaving === left) return;
      left = leaving;
      void send(batch, true).then(finish);
    },
    stop: () => clearTimeout(timer),
  };
}
