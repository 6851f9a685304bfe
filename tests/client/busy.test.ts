import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createQueue } from "../../src/client/queue.ts";
import { createSender } from "../../src/client/sender.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ID = "00000000-0000-4000-8000-000000000001";

it.each([
  ["seconds", () => "30"],
  ["a date", () => new Date(Date.now() + 30_000).toUTCString()],
])("a client that is told 429 waits as long as Retry-After says in %s, and sends the same again", async (_, header) => {
  const bodies: string[] = [];
  const queue = createQueue("waymark", undefined);
  const told: string[] = [];
  const sender = createSender({
    queue,
    exclusively: (work) => work(),
    settle(news) {
      for (const [key, { status }] of news) {
        told.push(status);
        queue.remove(key);
      }
    },
    async request(_, body = "") {
      bodies.push(body);
      const isFirst = bodies.length === 1;
      const results = [{ status: "accepted", event_id: ID }];
      return {
        status: isFirst ? 429 : 200,
        ok: !isFirst,
        headers: new Headers(isFirst ? { "Retry-After": header() } : {}),
        json: isFirst ? { code: "TOO_MANY_REQUESTS" } : { results },
      };
    },
  });
  queue.keep(`waymark1${ID}`, JSON.stringify({ eventId: ID }));
  await sender.start();
  expect(bodies).toHaveLength(1);

  // Neither a page that asks for it nor time that is too short has it sent again.
  await vi.advanceTimersByTimeAsync(28_000);
  await sender.start(true);
  expect(bodies).toHaveLength(1);

  // What was told and a quarter of it, so that not all come back at the same moment.
  await vi.advanceTimersByTimeAsync(10_000);
  expect(bodies).toHaveLength(2);
  expect(bodies[1]).toBe(bodies[0]);
  expect(told).toEqual(["accepted"]);
  expect(queue.keys()).toEqual([]);
  sender.stop();
});
