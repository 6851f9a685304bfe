import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createQueue } from "../../src/client/queue.ts";
import type { Answer, Request } from "../../src/client/request.ts";
import { createSender } from "../../src/client/sender.ts";

const RUNS = 300;
const FAULTS = ["none", "drop", "lose", "garbage", "short", 400, 401, 413, 429, 500, 503] as const;
type Fault = (typeof FAULTS)[number];
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
  const request: Request = async (_, body) => {
    const { events } = JSON.parse(`{${body}}`) as { events: { eventId: string; n: number }[] };
    sizes.push(events.length);
    const inOrder = events.map(({ n }) => n);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    const fault = faults.shift() ?? "none";
    // A single event that is refused would be given up, which is another story.
    if ((fault === 400 || fault === 413) && events.length > 1) return answer(fault, undefined);
    if (fault === 401 || fault === 429 || fault === 500) return answer(fault, { code: "ANY" });
    if (fault === 503) return answer(503, { code: "STORE_UNAVAILABLE" }, "2");
    if (fault === "garbage") return answer(200, undefined);
    if (fault === "drop") throw new TypeError("Failed to fetch");
    for (const { eventId } of events) seen.add(eventId);
    if (fault === "lose") throw new TypeError("Failed to fetch");
    if (fault === "short") return answer(200, { results: [] });
    return answer(200, { results: events.map(({ eventId }) => ({ status: "accepted", event_id: eventId })) });
  };
  return { request, seen, sizes };
}

describe("the sender", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("has every event answered once, in batches of 100 at most, whatever happens on the way", async () => {
    let runs = 0;
    const when = fc.array(fc.constantFrom("track", "wait", "leave", "impatient"), { maxLength: 12 });
    const faultsOf = fc.array(fc.constantFrom(...FAULTS), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(when, faultsOf, fc.integer({ min: 1, max: 130 }), async (steps, faults, perTrack) => {
        runs++;
        const { request, seen, sizes } = service([...faults]);
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
        let tracked = 0;
        for (const step of ["track", ...steps]) {
          if (step === "track")
            for (let n = 0; n < perTrack; n++, tracked++) {
              const eventId = `${ID}${String(tracked).padStart(12, "0")}`;
              queue.keep(`waymark${1e6 + tracked}${eventId}`, JSON.stringify({ eventId, n: tracked }));
            }
          if (step === "leave") sender.leave();
          else if (step === "wait") await vi.advanceTimersByTimeAsync(700);
          else void sender.start(step === "impatient");
        }
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
      { numRuns: RUNS },
    );
    expect(runs).toBeGreaterThanOrEqual(RUNS);
  });
});
