import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { createApp } from "../../src/api/app.ts";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { SCOPES } from "../../src/model/scope.ts";
import { noMetrics } from "../../src/process/metrics.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { at } from "../support/builders/times.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };
const open = sqliteStore();

/** A module `exam`, or what it is called later, with a quiz of two questions. */
function contentWith(
  { feedback, limit }: { feedback?: string | undefined; limit?: number | undefined },
  slug = "exam",
) {
  const question = (id: string) => ({ id, type: "single", options: ["a", "b"], correct_answer: "a" });
  return catalogOf({
    "courses/c.json": { slug: "c", modules: [slug] },
    [`modules/${slug}/completion.json`]: {
      aliases: slug === "exam" ? [] : ["exam"],
      completion_tasks: [{ task_slug: "q", task_type: "quiz", passing_score: 80, max_attempts: limit }],
    },
    [`modules/${slug}/quiz.json`]: { feedback, questions: [question("one"), question("two")] },
  });
}

type Told = { score?: number; questions?: object[] };
/** As far as it is looked at here. */
type Answer = {
  grade?: Told;
  module: { tasks: object[] };
  results: [Answer];
  attempts: Told[];
  tasks: object[];
  explanation: { decisions: { score_before?: number; score?: number }[] };
};

/** What a caller with the token of a learner, or of a server, is answered. */
function callersOf(catalog: Catalog, learner: string) {
  const { store } = open();
  const source = fixedCatalog(catalog);
  const app = createApp(
    {
      store,
      catalog: source,
      ingest: createIngest({ store, catalog: source, log }),
      openApi: async () => "{}",
      client: async () => ({}),
    },
    {
      log,
      metrics: noMetrics,
      authenticate: async (token) =>
        token === "server"
          ? { learnerId: undefined, scopes: new Set(SCOPES) }
          : { learnerId: learner, scopes: new Set<never>() },
      allowedOrigins: [],
      isOpen: false,
    },
  );
  const json = async (answer: Response | Promise<Response>) => (await (await answer).json()) as Answer;
  return {
    get: (path: string, token = "own") =>
      json(app.request(`/learners/${learner}${path}`, { headers: { authorization: `Bearer ${token}` } })),
    post: (body: object) =>
      json(
        app.request("/events/track", {
          method: "POST",
          headers: { "content-type": "text/plain" },
          body: JSON.stringify({ token: "own", ...body }),
        }),
      ),
  };
}

const half = (learner: string, minute: number) => ({
  eventName: "learning_task_submitted",
  contactIdentifier: { contactId: learner },
  payload: { module_slug: "exam", task_slug: "q", answers: { one: "a", two: "b" }, ts: at(`10:0${minute}`) },
});
const RIGHT = [
  { id: "one", correct: true, points: 1 },
  { id: "two", correct: false, points: 0 },
];
const TOLD = {
  questions: { score: 50, questions: RIGHT },
  score: { score: 50 },
  none: {},
};

it.each([
  [undefined, undefined, "questions"],
  [undefined, 2, "score"],
  ["questions", 2, "questions"],
  ["score", undefined, "score"],
  ["none", undefined, "none"],
  ["none", 2, "none"],
] as const)(
  "With feedback %s and %s attempts a learner is told %s, wherever it asks",
  async (feedback, limit, told) => {
    const learner = `learner-${randomUUID()}`;
    const { get, post } = callersOf(contentWith({ feedback, limit }), learner);
    const single = await post(half(learner, 0));
    const { results } = await post({ events: [half(learner, 1)] });
    const expected = TOLD[told];
    const best = told === "none" ? null : 50;
    for (const answer of [single, results[0]]) {
      expect(answer.grade ?? {}).toEqual(expected);
      expect(answer.module.tasks).toMatchObject([{ best_score: best, passed: false }]);
    }
    const { attempts } = await get("/history");
    const shown = ({ score, questions }: Told) => ({ score, questions });
    expect(attempts.map(shown)).toEqual([expected, expected].map(shown));
    const module = await get("/modules/exam");
    expect(module.attempts.map(shown)).toEqual([expected, expected].map(shown));
    expect(module.tasks).toMatchObject([{ best_score: best }]);
    for (const path of ["/progress", "/summary"]) {
      const text = JSON.stringify(await get(path));
      expect(text.includes('"best_score":50')).toBe(best === 50);
      expect(text).not.toContain('"correct":');
    }
    // Who may read for everybody sees all of it.
    const all = await get("/history", "server");
    expect(all.attempts.map(shown)).toEqual([TOLD.questions, TOLD.questions].map(shown));
    expect((await get("/modules/exam", "server")).tasks).toMatchObject([{ best_score: 50 }]);
  },
);

it.each(["score", "none"] as const)(
  "A learner is told no more than %s of attempts from before the module was renamed",
  async (feedback) => {
    const learner = `learner-${randomUUID()}`;
    await callersOf(contentWith({ feedback }), learner).post(half(learner, 0));
    const { get } = callersOf(contentWith({ feedback }, "renamed"), learner);
    const { attempts } = await get("/history");
    for (const attempt of [...attempts, ...(await get("/modules/exam")).attempts]) {
      expect(attempt).not.toHaveProperty("questions");
      expect(attempt.score).toBe(feedback === "none" ? undefined : 50);
    }
    expect(attempts).toHaveLength(1);
  },
);

it.each([
  ["questions", { score_before: 50, score: 100 }],
  ["score", { score_before: 50, score: 100 }],
  ["none", {}],
] as const)(
  "A learner is told of the %s of a grade from before the module was renamed what the quiz tells",
  async (feedback, scores) => {
    const learner = `learner-${randomUUID()}`;
    await callersOf(contentWith({ feedback }), learner).post(half(learner, 0));
    const [answer] = (await open().store.attempts(learner, { limit: 1 })).attempts;
    await open().store.addDecision(learner, {
      kind: "grade",
      eventId: "regrade-run",
      identity: "regrade-run#answer",
      at: at("11:00"),
      receivedAt: at("11:00"),
      by: "operator",
      reason: "Graded again by today's quiz",
      answerId: String(answer?.eventId),
      answer: String(answer?.identity),
      answeredAt: at("10:00"),
      moduleSlug: "exam",
      taskSlug: "q",
      firstScore: 50,
      score: 100,
      questions: [],
      quizVersion: "new",
    });
    const { get } = callersOf(contentWith({ feedback }, "renamed"), learner);
    const told = async (token?: string) => {
      const { explanation } = await get("/modules/exam?explain=true", token);
      return explanation.decisions.map(({ score_before, score }) => ({ score_before, score }));
    };
    expect(await told()).toEqual([{ score_before: undefined, score: undefined, ...scores }]);
    expect(await told("server")).toEqual([{ score_before: 50, score: 100 }]);
  },
);
