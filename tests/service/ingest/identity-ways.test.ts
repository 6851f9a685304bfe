import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { track } from "../../../src/api/handlers/track.ts";
import { logRequests } from "../../../src/api/request-log.ts";
import type { Services } from "../../../src/api/route.ts";
import { parseBody } from "../../../src/model/parse-body.ts";
import { noMetrics } from "../../../src/process/metrics.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngest, createIngestByLearner } from "../../../src/service/ingest/ingest.ts";
import { createTakeMessages } from "../../../src/service/queue/take-messages.ts";
import type { Store } from "../../../src/store/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings"] },
  "courses/git.json": { slug: "git", modules: ["commits"] },
  "modules/oral/completion.json": { score: { passing_score: 90, weights: { quiz: 1 } } },
  "modules/exam/completion.json": {
    completion_tasks: [{ task_slug: "q", task_type: "quiz", passing_score: 50, max_attempts: 1 }],
  },
  "modules/exam/quiz.json": {
    questions: [{ id: "q1", type: "single", options: ["a", "b", "c", "d"], correct_answer: "d" }],
  },
  "modules/lab/completion.json": { completion_tasks: [{ task_slug: "t", task_type: "lab_attestation" }] },
});
const catalog = fixedCatalog(CATALOG);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const now = () => Date.parse(at("12:00"));

type Sent = { eventName: string; contactIdentifier: { contactId: string }; [field: string]: unknown };

/** An app whose caller is a learner's own page. */
function appOf(store: Store, learnerId: string): Hono {
  const ingest = createIngest({ store, catalog, log, now });
  const services: Services = { store, catalog, ingest, openApi: async () => "{}", client: async () => ({}) };
  const app = new Hono();
  app.use(logRequests(log, noMetrics));
  app.onError((_, context) => context.body(null, 400));
  app.post("/events/track", (context) =>
    track(context, services, async () => ({ learnerId, scopes: new Set<never>() })),
  );
  return app;
}

/** How many of what was sent were refused. */
type Refused = Promise<number>;

async function post(app: Hono, body: object, type: string): Refused {
  const sent = { method: "POST", headers: { "content-type": type }, body: JSON.stringify(body) };
  const answer = await app.request("/events/track", sent);
  const { results = [] } = answer.ok ? ((await answer.json()) as { results?: { status: string }[] }) : {};
  return results.filter(({ status }) => status === "refused").length + Number(!answer.ok);
}

async function queue(store: Store, bodies: readonly object[]): Refused {
  const take = createTakeMessages({
    ingest: createIngestByLearner({ store, catalog, log, now }),
    parse: parseBody,
    bury: async () => expect.fail("buried"),
    log,
    metrics: noMetrics,
  });
  const messages = bodies.map((body) => ({
    id: randomUUID(),
    body: JSON.stringify(body),
    receiveCount: 1,
    sentAt: at("12:00"),
  }));
  return (await take(messages)).length;
}

const WAYS: [string, (store: Store, learner: string, events: readonly Sent[]) => Refused][] = [
  [
    "singly",
    async (store, learner, events) => {
      const app = appOf(store, learner);
      let refused = 0;
      for (const event of events) refused += await post(app, event, "application/json");
      return refused;
    },
  ],
  ["in one batch", (store, learner, events) => post(appOf(store, learner), { events }, "application/json")],
  [
    "by beacon, with its token",
    async (store, learner, events) => {
      const app = appOf(store, learner);
      let refused = 0;
      for (const [index, event] of events.entries())
        refused += await post(app, { ...event, token: `token-${index}` }, "text/plain;charset=UTF-8");
      return refused;
    },
  ],
  ["through the queue", (store, _, events) => queue(store, events)],
  ["through the queue, in one message", (store, _, events) => queue(store, [{ events }])],
];

const completion = (module_slug: string, mood: number) => [
  "module_completed",
  { module_slug, completion_data: { mood } },
];
/** Two events that differ in their content alone, and what is there of both. */
const KINDS = [
  ["completions", [completion("strings", 1), completion("strings", 2)], { attempts: 2 }],
  [
    "scores",
    [
      ["module_scored", { module_slug: "oral", scores: { quiz: 10 } }],
      ["module_scored", { module_slug: "oral", scores: { quiz: 20 } }],
    ],
    { attempts: 2 },
  ],
  [
    "attempts",
    [
      ["task_submitted", { module_slug: "lab", task_slug: "t", score: 10 }],
      ["task_submitted", { module_slug: "lab", task_slug: "t", score: 20 }],
    ],
    { attempts: 2 },
  ],
  [
    "reviews",
    [
      ["item_reviewed", { module_slug: "strings", item_id: "hola", rating: "good" }],
      ["item_reviewed", { module_slug: "strings", item_id: "hola", rating: "easy" }],
    ],
    { reviews: 2 },
  ],
  [
    "sessions",
    [
      ["session_started", { session_id: "s1", session_type: "module" }],
      ["session_started", { session_id: "s2", session_type: "module" }],
    ],
    { sessions: 2 },
  ],
  [
    "ends of one session, of which the first stays",
    [
      ["session_ended", { session_id: "s1", session_type: "module", items_studied: 1 }],
      ["session_ended", { session_id: "s1", session_type: "module", items_studied: 2 }],
    ],
    { sessions: 1 },
  ],
  ["completions of two courses", [completion("strings", 1), completion("commits", 1)], { attempts: 2, reported: 2 }],
] as [string, [string, object][], { attempts?: number; reviews?: number; sessions?: number; reported?: number }][];

describe("two events of one id", () => {
  const open = sqliteStore();

  for (const [way, send] of WAYS)
    it.each(KINDS)(`sent ${way}, each three times, are two: %s`, async (_, told, expected) => {
      const { store } = open();
      const learner = `learner-${randomUUID()}`;
      const events = told.map(
        ([name, payload]): Sent => ({
          eventName: `learning_${name}`,
          eventId: "one",
          contactIdentifier: { contactId: learner },
          payload: { ...payload, ts: at("10:00") },
        }),
      );
      expect(await send(store, learner, [...events, ...events])).toBe(0);
      expect(await send(store, learner, events)).toBe(0);

      const [{ attempts }, cards, sessions, { progress }] = await Promise.all([
        store.attempts(learner, { limit: 100 }),
        store.cards(learner),
        store.sessions(learner),
        store.read(learner),
      ]);
      expect(attempts.map(({ eventId }) => eventId)).toEqual(Array(expected.attempts ?? 0).fill("one"));
      expect(cards.flatMap(({ reviews }) => reviews)).toHaveLength(expected.reviews ?? 0);
      expect(sessions.filter(({ sessionId }) => /^s\d$/.test(sessionId))).toHaveLength(expected.sessions ?? 0);
      const reporting = [...progress.course.values()].flatMap(({ flag }) => flag?.eventId ?? []);
      // Each flag is reported by the one of the two that set it.
      if (expected.reported) expect(new Set(reporting).size).toBe(expected.reported);
    });
});

describe("four answers to an exam of one attempt, under one id", () => {
  const open = sqliteStore();
  it.each(WAYS)("sent %s, twice, are one attempt, and nobody passes", async (_, send) => {
    const { store } = open();
    const learner = `learner-${randomUUID()}`;
    const events = ["a", "b", "c", "d"].map(
      (answer, minute): Sent => ({
        eventName: "learning_task_submitted",
        eventId: "one",
        contactIdentifier: { contactId: learner },
        payload: { module_slug: "exam", task_slug: "q", answers: { q1: answer }, ts: at(`10:0${minute}`) },
      }),
    );
    // A message with several events is one.
    for (const _again of [1, 2]) expect(await send(store, learner, events)).toBeOneOf([1, 3]);
    const [{ attempts }, { progress }] = await Promise.all([
      store.attempts(learner, { limit: 100 }),
      store.read(learner),
    ]);
    expect(attempts).toMatchObject([{ eventId: "one", score: 0, questions: [{ correct: false }] }]);
    expect(progress.module.get("exam")?.facts.tasks).toMatchObject([{ key: "q", value: 0 }]);
    expect(progress.module.get("exam")?.flag).toBeUndefined();
  });
});
