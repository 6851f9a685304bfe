import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createQueue, type Queue } from "../../src/client/queue.ts";
import type { Answer, Request } from "../../src/client/request.ts";
import { createSender } from "../../src/client/sender.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const FAULTS = ["none", "drop", "lose", "garbage", "short", 400, 401, 413, 429, 500, 503] as const;
type Fault = (typeof FAULTS)[number];
const STEPS = ["track", "wait", "leave", "impatient"] as const;
const ID = "00000000-0000-4000-8000-";

const answer = (status: number, json: unknown, retryAfter?: string): Answer => ({
  status,
  ok: status === 200,
  headers: new Headers(retryAfter === undefined ? {} : { "Retry-After": retryAfter }),
  json,
});

/** A service that counts each id once, behind a network that does as it is told, and then well. */
function service(faults: Fault[]) {
  const seen = new Set<string>();
  const sizes: number[] = [];
  const take = (events: { eventId: string }[], fault: Fault): Answer => {
    for (const { eventId } of events) seen.add(eventId);
    if (fault === "lose") throw new TypeError("Failed to fetch");
    if (fault === "short") return answer(200, { results: [] });
    return answer(200, { results: events.map(({ eventId }) => ({ status: "accepted", event_id: eventId })) });
  };
  const request: Request = async (_, body) => {
    const { events } = JSON.parse(`{${body}}`) as { events: { eventId: string; n: number }[] };
    sizes.push(events.length);
    const inOrder = events.map(({ n }) => n);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    const fault = faults.shift() ?? "none";
    if (fault === "drop") throw new TypeError("Failed to fetch");
    if (fault === "garbage") return answer(200, undefined);
    // A single event that is refused would be given up, which is another story.
    const isTaken = typeof fault !== "number" || ([400, 413].includes(fault) && events.length === 1);
    if (isTaken) return take(events, fault);
    return answer(fault, { code: "ANY" }, fault === 503 ? "2" : undefined);
  };
  return { request, seen, sizes };
}

/** A sender of a page, and the keys whose answers it told, each as often as it told them. */
function senderTo(request: Request) {
  const queue = createQueue("waymark", undefined);
  const answers: string[] = [];
  const sender = createSender({
    queue,
    request,
    exclusively: (work) => work(),
    settle(news) {
      for (const [key, result] of news) {
        expect(result.event_id).toBe(key.slice(-36));
        // The last breath of a page that lives on may have an event answered twice.
        if (queue.keys().includes(key)) answers.push(key);
        queue.remove(key);
      }
    },
  });
  return { queue, answers, sender };
}

function keep(queue: Queue, n: number) {
  const eventId = `${ID}${String(n).padStart(12, "0")}`;
  queue.keep(`waymark${1e6 + n}${eventId}`, JSON.stringify({ eventId, n }));
}

describe("the sender", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("has every event answered once, in batches of 100 at most, whatever happens on the way", async () => {
    const when = fc.array(fc.constantFrom(...STEPS), { maxLength: 12 });
    const faultsOf = fc.array(fc.constantFrom(...FAULTS), { maxLength: 20 });
    await holds(
      fc.asyncProperty(when, faultsOf, fc.integer({ min: 1, max: 130 }), async (steps, faults, perTrack) => {
        const { request, seen, sizes } = service([...faults]);
        const { queue, answers, sender } = senderTo(request);
        let tracked = 0;
        const take: Record<(typeof STEPS)[number], () => unknown> = {
          track() {
            for (const end = tracked + perTrack; tracked < end; tracked++) keep(queue, tracked);
            void sender.start();
          },
          wait: () => vi.advanceTimersByTimeAsync(700),
          leave: () => sender.leave(),
          impatient: () => void sender.start(true),
        };
        for (const step of ["track", ...steps] as const) await take[step]();
        // Of a give-up after five answers that make no sense, a later try makes good.
        for (let tries = 0; tries < 12 && queue.keys().length > 0; tries++) {
          await vi.advanceTimersByTimeAsync(400_000);
          void sender.start();
        }
        await vi.advanceTimersByTimeAsync(1);
        sender.stop();
        expect(queue.keys()).toEqual([]);
        expect(new Set(answers).size).toBe(tracked);
        expect(answers).toHaveLength(tracked);
        expect(seen.size).toBe(tracked);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
      }),
      RUNS.pure,
    );
  });
});
