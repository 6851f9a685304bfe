import { describe, expect, it } from "vitest";
import type { DeadLetter } from "../../../src/aws/dead-letters.ts";
import { AppError, ERROR_CODES, type ErrorCode, isWorthRetrying } from "../../../src/model/errors.ts";
import { parseBody } from "../../../src/model/parse-body.ts";
import type { MetricName } from "../../../src/process/metrics.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import type { IngestByLearner } from "../../../src/service/ingest/ingest.ts";
import type { Message } from "../../../src/service/queue/message.ts";
import { createTakeMessages } from "../../../src/service/queue/take-messages.ts";

type Counts = Partial<Record<MetricName, number>>;
const addedUp = (sum: Counts, more: Counts): Counts =>
  Object.fromEntries(Object.entries(more).map(([name, value]) => [name, (sum[name as MetricName] ?? 0) + value]));

const SENT_AT = "2026-01-18T10:00:00.000Z";
const message = (events: unknown, receiveCount = 1, id = "m-1"): Message => ({
  id,
  body: typeof events === "string" ? events : JSON.stringify(events),
  receiveCount,
  sentAt: SENT_AT,
});

/** Takes messages; an event `{ code }` comes to that error, `{ fails: true }` to a failure, all else is accepted. */
async function take(messages: readonly Message[], bury = async (_: DeadLetter) => {}) {
  const letters: DeadLetter[] = [];
  const lines: Record<string, unknown>[] = [];
  const at =
    (level: string) =>
    (text: string, details: object = {}) =>
      void lines.push({ level, message: text, ...details });
  const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  const times: unknown[] = [];
  const ingest: IngestByLearner = async (events, sender, receivedAt) => {
    expect(sender).toEqual({ scopes: new Set(["waymark:write"]), by: "queue" });
    times.push(...(receivedAt ?? []));
    return events.map((event) => {
      const { code, fails } = event as { code?: ErrorCode; fails?: true };
      if (fails) return { failure: new AppError("STORE_UNAVAILABLE", "Down") };
      if (code) return { eventId: "e", error: new AppError(code, `Because of ${code}`) };
      return { eventId: "e", learnerId: "ada", outcome: { flagged: [], isClaim: false } } as unknown as EventResult;
    });
  };
  const counted: Counts = {};
  const retried = await createTakeMessages({
    ingest,
    parse: parseBody,
    log,
    metrics: { add: (values) => void Object.assign(counted, addedUp(counted, values)), publish: () => {} },
    bury: async (letter) => {
      await bury(letter);
      letters.push(letter);
    },
  })(messages);
  return { retried, letters, lines, times, counted };
}

const NEVER_REACHED: readonly ErrorCode[] = ["NOT_FOUND", "METHOD_NOT_ALLOWED"];
const EARLY: readonly ErrorCode[] = ["COMPLETION_NOT_REACHED", "MODULE_LOCKED"];
const permanent = ERROR_CODES.filter(
  (code) => !isWorthRetrying(code) && ![...EARLY, ...NEVER_REACHED, "LEARNER_DELETED"].includes(code),
);

describe("A message of one event", () => {
  it("that is accepted is done with", async () => {
    const { retried, letters, times } = await take([message({})]);
    expect([retried, letters, times]).toEqual([[], [], [SENT_AT]]);
  });

  it.each(permanent)("that is refused with %s goes to the dead letters at once", async (code) => {
    const { retried, letters } = await take([message({ code })]);
    expect(retried).toEqual([]);
    expect(letters).toEqual([{ body: JSON.stringify({ code }), code, reason: `Because of ${code}`, messageId: "m-1" }]);
  });

  it.each(ERROR_CODES.filter(isWorthRetrying))("that fails with %s comes again, however often", async (code) => {
    for (const receives of [1, 4, 9]) {
      const { retried, letters } = await take([message({ code }, receives)]);
      expect([retried, letters]).toEqual([["m-1"], []]);
    }
  });

  it("that the store does not take comes again", async () => {
    const { retried, letters, lines } = await take([message({ fails: true })]);
    expect([retried, letters]).toEqual([["m-1"], []]);
    expect(lines.at(-1)).toMatchObject({ causes: [{ error: "AppError: Down" }] });
  });

  it.each(EARLY.flatMap((code) => [1, 2, 3].map((receives) => [code, receives] as const)))(
    "that is early (%s) at receive %i comes again",
    async (code, receives) => {
      const { retried, letters } = await take([message({ code }, receives)]);
      expect([retried, letters]).toEqual([["m-1"], []]);
    },
  );

  it.each(EARLY.flatMap((code) => [4, 5].map((receives) => [code, receives] as const)))(
    "that is still early (%s) at receive %i goes to the dead letters",
    async (code, receives) => {
      const { retried, letters } = await take([message({ code }, receives)]);
      expect([retried, letters.map((letter) => letter.code)]).toEqual([[], [code]]);
    },
  );

  it("of a deleted learner is dropped, and kept nowhere", async () => {
    const { retried, letters, lines } = await take([message({ code: "LEARNER_DELETED", secret: "Ada" })]);
    expect([retried, letters]).toEqual([[], []]);
    expect(lines).toMatchObject([{ dropped: 1 }]);
    expect(JSON.stringify(lines)).not.toContain("Ada");
  });
});

describe("A message that cannot be read", () => {
  it.each([
    ["no JSON", "{", "INVALID_JSON", /cannot be read/],
    ["JSON of great depth", `${"[".repeat(33)}${"]".repeat(33)}`, "INVALID_JSON", /nested more than 32 deep/],
    ["more than 256 KB", JSON.stringify({ filler: "ü".repeat(131_072) }), "PAYLOAD_TOO_LARGE", /256 KB/],
    ["an empty batch", '{"events":[]}', "SCHEMA_VALIDATION_FAILED", /events: /],
    ["a batch that is none", '{"events":{}}', "SCHEMA_VALIDATION_FAILED", /events: /],
    ["a batch of 101", JSON.stringify({ events: Array(101).fill({}) }), "SCHEMA_VALIDATION_FAILED", /events: /],
  ])("(%s) goes to the dead letters as it is, and holds up no other", async (_, body, code, reason) => {
    const { retried, letters, lines } = await take([message(body, 1, "bad"), message({}, 1, "good")]);
    expect(retried).toEqual([]);
    expect(letters).toEqual([{ body, code, reason: expect.stringMatching(reason), messageId: "bad" }]);
    expect(lines.at(-1)).toMatchObject({ messages: 2, accepted: 1, refused: 1 });
  });
});

describe("A message of several events", () => {
  const [good, bad, worse] = [{}, { code: "UNKNOWN_COURSE" }, { code: "QUIZ_NOT_FOUND", text: "\uFFFF" }];

  it("sends those alone to the dead letters that are refused, in one letter", async () => {
    const { retried, letters } = await take([
      message({ events: [good, bad, good, worse, { code: "LEARNER_DELETED" }] }),
    ]);
    expect(retried).toEqual([]);
    const [letter] = letters;
    expect(letters).toHaveLength(1);
    expect(letter).toMatchObject({
      code: "UNKNOWN_COURSE,QUIZ_NOT_FOUND",
      reason: "events.0: Because of UNKNOWN_COURSE events.1: Because of QUIZ_NOT_FOUND",
    });
    expect(JSON.parse(letter?.body ?? "")).toEqual({ events: [bad, worse] });
    expect(letter?.body).not.toContain("\uFFFF");
  });

  it("is the letter as it came when all are refused", async () => {
    const body = '{ "events": [{"code":"UNKNOWN_COURSE"}] }';
    expect((await take([message(body)])).letters).toMatchObject([{ body }]);
  });

  it.each([
    ["the store fails for one", { fails: true }],
    ["one is early", { code: "MODULE_LOCKED" }],
  ])("comes again whole when %s, and sends no letter till then", async (_, event) => {
    const { retried, letters } = await take([message({ events: [bad, event, good] })]);
    expect([retried, letters]).toEqual([["m-1"], []]);
  });
});

describe("Dead letters", () => {
  it("that cannot be sent bring their message again, and no other", async () => {
    const failing = async ({ messageId }: DeadLetter) => {
      if (messageId === "a") throw new Error("AccessDenied");
    };
    const messages = ["a", "b"].map((id) => message({ code: "FORBIDDEN" }, 1, id));
    const { retried, letters, lines } = await take(messages, failing);
    expect([retried, letters.map(({ messageId }) => messageId)]).toEqual([["a"], ["b"]]);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "error", code: "FORBIDDEN", error: "Error: AccessDenied" }),
    );
  });

  it("are sent once for a message that is delivered twice at once", async () => {
    const twice = message({ code: "FORBIDDEN" });
    expect((await take([twice, { ...twice, receiveCount: 2 }])).letters).toHaveLength(1);
  });
});

it("What has come to an end is counted, once", async () => {
  const { counted } = await take([
    message({}, 1, "a"),
    message({ code: "COMPLETION_NOT_REACHED" }, 1, "b"),
    message({ code: "COMPLETION_NOT_REACHED" }, 4, "c"),
    message({ code: "UNKNOWN_COURSE" }, 1, "d"),
    message({ fails: true }, 1, "e"),
  ]);
  expect(counted).toMatchObject({
    Events: 3,
    EventsRefused: 2,
    Claims: 2,
    ClaimsRefused: 2,
    DeadLetters: 2,
    StoreFailures: 1,
  });
});

describe("The log", () => {
  it("has a line for each invocation: counts and names, no bodies, nobody's id", async () => {
    const events = [
      { eventName: "learning_module_started", contactIdentifier: { contactId: "ada" } },
      { eventName: "ada@example.com" },
      "ada",
      null,
    ];
    const { lines } = await take([message({ events: events.slice(0, 2) }), message({ fails: true }, 1, "ada-2")]);
    expect(lines).toEqual([
      {
        level: "info",
        message: "Messages taken",
        messages: 2,
        messages_retried: 1,
        events: 3,
        accepted: 2,
        retried: 1,
        refused: 0,
        dropped: 0,
        event_names: { learning_module_started: 1, unknown: 2 },
        causes: [{ error: "AppError: Down" }],
        store: { calls: 0, ms: 0, read_units: 0, write_units: 0 },
      },
    ]);
  });
});
