import { cpSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  event,
  eventually,
  type Json,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";

/** The text of correct answers that no learner here ever gives. */
const PLANTED = "planted-correct-answer";
const PLANTED_QUIZ = {
  questions: [
    { id: "q1", type: "single_choice", options: ["wrong", PLANTED], correct_answer: PLANTED, points: 3 },
    { id: "q2", type: "multiple_choice", options: ["right", "wrong"], correct_answer: ["right"] },
  ],
};

const CONTENT_DIR = temporaryFolder();
cpSync("content", CONTENT_DIR, { recursive: true });
writeContent(CONTENT_DIR, {
  "courses/extra.json": { slug: "extra", modules: ["planted", "noted"] },
  "courses/strict.json": { slug: "strict", sequential: true, enforce_order: true, modules: ["s1", "s2", "s3"] },
  "modules/planted/completion.json": {
    completion_tasks: [{ task_slug: "quiz", task_type: "quiz", passing_score: 75 }],
  },
  "modules/planted/quiz.json": PLANTED_QUIZ,
});
const DATA_DIR = temporaryFolder();

let service: Service;
/** Every answer of the service to this file. */
const answers: Answer[] = [];
const start = async () => {
  service = await startService({ CONTENT_DIR, DATA_DIR });
};
beforeAll(start);
const restart = async (signal?: NodeJS.Signals) => {
  await service.kill(signal);
  await start();
};

const kept = async (answer: Promise<Answer>): Promise<Answer> => {
  answers.push(await answer);
  return answer;
};
const get = (path: string) => kept(service.get(path));
const post = (body: unknown) => kept(service.post(body));

const DAY = "2026-01-18";
const at = (clock: string) => `${DAY}T${clock}.000Z`;
type Fields = Record<string, unknown>;

/** Something that a learner does at a time of the day. */
const send = (learner: string, name: string, clock: string, fields: Fields, eventId?: string) =>
  post({ ...event(name, learner, { ...fields, ts: at(clock) }), ...(eventId !== undefined && { eventId }) });
/** The same, accepted. */
const did = async (learner: string, name: string, clock: string, fields: Fields, eventId?: string): Promise<Json> => {
  const answer = await send(learner, name, clock, fields, eventId);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const module = async (learner: string, slug: string): Promise<Json> =>
  (await get(`/learners/${learner}/modules/${slug}`)).body;
const history = async (learner: string): Promise<Json[]> =>
  (await get(`/learners/${learner}/history?limit=1000`)).body.attempts;

/** All entries of a list, page by page. */
async function pages(path: string, list: string, limit: number): Promise<Json[]> {
  const entries: Json[] = [];
  for (let cursor: string | null = "", page = 0; cursor !== null; page++) {
    expect(page).toBeLessThan(100);
    const separator = path.includes("?") ? "&" : "?";
    const { status, body }: Answer = await get(`${path}${separator}limit=${limit}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    expect(body[list].length).toBeLessThanOrEqual(limit);
    entries.push(...body[list]);
    cursor = body.next_cursor;
  }
  return entries;
}

describe("A scored module", () => {
  const module_slug = "operator-capstone";
  const score = (learner: string, clock: string, scores: Record<string, number>) =>
    did(learner, "module_scored", clock, { module_slug, course_slug: "operator-certificate", scores });

  it("is not complete at 79.99, and a claim is refused with what is missing", async () => {
    await did("sam", "module_started", "09:00:00", { module_slug });
    await score("sam", "10:00:00", { course_contribution: 80, quiz: 80 });
    await score("sam", "11:00:00", { assignment: 80 });
    const { module: answered } = await score("sam", "12:00:00", { final_assessment: 79.975 });
    const expected = { status: "started", cumulative_score: 79.99, completed_at: null };
    expect(answered).toMatchObject(expected);
    expect(await module("sam", module_slug)).toMatchObject({
      ...expected,
      missing: [{ type: "score", slug: "cumulative_score", score: 79.99, passing_score: 80 }],
    });

    const claim = await send("sam", "module_completed", "12:30:00", { module_slug });
    expect(claim).toMatchObject({
      status: 400,
      body: { code: "COMPLETION_NOT_REACHED", missing: [{ type: "score", score: 79.99, passing_score: 80 }] },
    });
    const kept = (await history("sam")).filter(({ kind }) => kind !== "score");
    expect(kept).toMatchObject([
      { kind: "claim", module_slug, refused: true, code: "COMPLETION_NOT_REACHED", occurred_at: at("12:30:00") },
    ]);
  });

  it("is complete at 80.00, and reads so at once, and after a restart", async () => {
    const answer = await score("sam", "13:00:00", { final_assessment: 80 });
    const expected = { status: "completed", cumulative_score: 80, completed_at: at("13:00:00") };
    expect(answer.module).toMatchObject(expected);
    const read = await module("sam", module_slug);
    expect(read).toMatchObject({ ...expected, missing: [] });
    expect(read.attempts.map(({ kind, scores }: Json) => scores ?? kind)).toEqual([
      { final_assessment: 80 },
      "claim",
      // Scores are shown to two decimals; the exact one decided.
      { final_assessment: 79.98 },
      { assignment: 80 },
      { course_contribution: 80, quiz: 80 },
    ]);

    await restart();
    expect(await module("sam", module_slug)).toEqual(read);
    expect((await get(`/modules/${module_slug}/completions`)).body.completions).toMatchObject([
      { learner_id: "sam", completed_at: at("13:00:00"), completion_source: "inferred" },
    ]);
  });

  it("stays complete after a worse score, takes a better one, and then takes a claim", async () => {
    await score("sam", "14:00:00", { final_assessment: 10 });
    expect(await module("sam", module_slug)).toMatchObject({ cumulative_score: 80, completed_at: at("13:00:00") });
    await score("sam", "15:00:00", { final_assessment: 90 });
    expect(await module("sam", module_slug)).toMatchObject({ cumulative_score: 84, completed_at: at("13:00:00") });
    expect((await get("/learners/sam/progress")).body.modules[module_slug]).toMatchObject({
      status: "completed",
      cumulative_score: 84,
    });
    expect((await did("sam", "module_completed", "15:30:00", { module_slug })).warnings).toMatchObject([
      { code: "TIMESTAMP_OUTSIDE_TOLERANCE" },
    ]);
  });

  it("shows status, score and time together to whoever reads meanwhile", async () => {
    const learners = Array.from({ length: 12 }, (_, index) => `reader-${index}`);
    await Promise.all(
      learners.map(async (learner) => {
        const reads: Promise<Json>[] = [];
        const write = score(learner, "10:00:00", {
          course_contribution: 80,
          quiz: 80,
          assignment: 80,
          final_assessment: 80,
        });
        for (let read = 0; read < 5; read++) reads.push(module(learner, module_slug));
        await write;
        reads.push(module(learner, module_slug));
        for (const { status, cumulative_score, completed_at } of await Promise.all(reads))
          expect([
            ["not_started", 0, null],
            ["completed", 80, at("10:00:00")],
          ]).toContainEqual([status, cumulative_score, completed_at]);
        expect(await reads.at(-1)).toMatchObject({ status: "completed" });
      }),
    );
  });
});

describe("A wizard of four steps", () => {
  const module_slug = "preparing-your-workspace";
  const step = (clock: string, name: string) => did("wanda", "module_progressed", clock, { module_slug, step: name });
  const state = async () => {
    const { status, progress_percentage, current_step } = await module("wanda", module_slug);
    return [status, progress_percentage, current_step];
  };

  it("is at 25 and 50, and still so when the learner comes back, even after a crash", async () => {
    expect(await state()).toEqual(["not_started", 0, null]);
    await did("wanda", "module_started", "09:00:00", { module_slug });
    expect((await step("10:00:00", "accounts")).module).toMatchObject({ progress_percentage: 25 });
    expect(await state()).toEqual(["started", 25, "accounts"]);
    expect((await step("10:05:00", "tools")).module).toMatchObject({ progress_percentage: 50, current_step: "tools" });

    await restart("SIGKILL");
    expect(await state()).toEqual(["started", 50, "tools"]);
    expect(await module("wanda", module_slug)).toMatchObject({
      steps: [
        { step: "accounts", done_at: at("10:00:00") },
        { step: "tools", done_at: at("10:05:00") },
        { step: "access", done_at: null },
        { step: "first-login", done_at: null },
      ],
      missing: [
        { type: "step", slug: "access" },
        { type: "step", slug: "first-login" },
      ],
    });
  });

  it.each([
    ["a step again", "10:10:00", "tools", ["started", 50, "tools"]],
    ["going back", "10:11:00", "accounts", ["started", 50, "accounts"]],
    ["a step that arrives late", "10:02:00", "accounts", ["started", 50, "accounts"]],
    ["the next one", "10:20:00", "access", ["started", 75, "access"]],
    ["the first one again", "10:21:00", "accounts", ["started", 75, "accounts"]],
  ])("never falls: %s", async (_, clock, name, expected) => {
    await step(clock, name);
    expect(await state()).toEqual(expected);
  });

  it("takes a step that it does not have with a warning, and does not count it", async () => {
    expect((await step("10:22:00", "coffee")).warnings).toMatchObject([{ code: "UNKNOWN_STEP" }]);
    expect(await module("wanda", module_slug)).toMatchObject({ progress_percentage: 75, status: "started" });
  });

  it("is at 100 with the last step, and complete", async () => {
    const answer = await step("11:00:00", "first-login");
    expect(answer.module).toMatchObject({
      status: "completed",
      progress_percentage: 100,
      completed_at: at("11:00:00"),
    });
    expect(answer.courses).toMatchObject([
      { slug: "operator-certificate", completed: false, progress: { completed: 1, total: 4 } },
    ]);
    expect(await state()).toEqual(["completed", 100, "first-login"]);
    await restart();
    expect(await state()).toEqual(["completed", 100, "first-login"]);
    expect((await get("/learners/wanda/sessions")).body.sessions).toMatchObject([
      { session_type: "module", module_slug, duration_seconds: 7200 },
    ]);
  });
});

describe("The four sample modules", () => {
  const complete = (learner: string, clock: string, module_slug: string, completion_data: unknown) =>
    did(learner, "module_completed", clock, { module_slug, completion_data });
  const breathing = { completed_steps: ["inhale", "hold", "exhale"], emotion: "Calm", intensity: 40 };
  const labeling = { mood: "Tired", date: DAY, note: "The pager went off twice." };
  const doodling = { sketch_data: `data:image/png;base64,${"A".repeat(5_000)}`, has_drawing: true };
  const assessment = { answers: { q1: "often", q2: "never" }, total_questions: 2 };

  it("lead through their course in order, each opening the next", async () => {
    const refs = (...slugs: string[]) => slugs.map((slug) => ({ type: "module", slug }));
    expect(await module("mia", "emotion_labeling")).toMatchObject({
      locked: true,
      locked_by: refs("breathing_exercise"),
    });
    expect((await complete("mia", "09:00:00", "breathing_exercise", breathing)).unlocked).toEqual(
      refs("emotion_labeling"),
    );
    expect(await module("mia", "emotion_labeling")).toMatchObject({ locked: false, locked_by: [] });
    expect((await complete("mia", "09:10:00", "emotion_labeling", labeling)).unlocked).toEqual(
      refs("inner_doodling", "quick_assessment"),
    );
    expect((await complete("mia", "09:20:00", "inner_doodling", doodling)).unlocked).toEqual([]);
    const { courses, pathways } = await complete("mia", "09:30:00", "quick_assessment", assessment);
    expect(courses).toMatchObject([{ slug: "calm-on-call", completed: true, newly_completed: true }]);
    expect(pathways).toMatchObject([{ slug: "on-call-engineer", progress: { completed: 1, total: 2 } }]);
  });

  it.each([
    ["breathing_exercise", breathing],
    ["emotion_labeling", labeling],
    ["inner_doodling", doodling],
    ["quick_assessment", assessment],
  ])("give back the data of %s as they were sent", async (slug, data) => {
    expect(await module("mia", slug)).toMatchObject({ completion_data: data, attempts: [{ completion_data: data }] });
  });

  it("count out of order too, since the order is not enforced, and what is complete is not locked", async () => {
    expect(await module("max", "quick_assessment")).toMatchObject({ status: "not_started", locked: true });
    expect((await complete("max", "09:00:00", "quick_assessment", assessment)).module).toMatchObject({
      status: "completed",
    });
    expect(await module("max", "quick_assessment")).toMatchObject({
      status: "completed",
      locked: false,
      locked_by: [],
    });
  });

  it.each([
    ["breathing_exercise", { emotion: "", intensity: 101 }, ["completed_steps", "emotion", "intensity"]],
    ["emotion_labeling", { date: "yesterday" }, ["date", "mood"]],
    ["inner_doodling", { has_drawing: "yes" }, ["has_drawing"]],
    ["quick_assessment", { answers: "often", total_questions: 1.5 }, ["answers", "total_questions"]],
  ])("refuse faulty data of %s, naming every fault, and keep nothing", async (module_slug, completion_data, places) => {
    const answer = await send("faulty", "module_completed", "09:00:00", { module_slug, completion_data });
    expect(answer).toMatchObject({ status: 400, body: { code: "SCHEMA_VALIDATION_FAILED" } });
    expect(answer.body.errors.map(({ path }: Json) => path).sort()).toEqual(
      places.map((place) => `payload.completion_data.${place}`),
    );
    expect(await module("faulty", module_slug)).toMatchObject({ status: "not_started", attempts: [] });
    expect(await history("faulty")).toEqual([]);
  });

  it("are summed up field by field", async () => {
    await complete("noa", "10:00:00", "breathing_exercise", { ...breathing, intensity: 0 });
    await complete("oli", "11:00:00", "breathing_exercise", { completed_steps: 2, emotion: "Tense", intensity: 100 });
    await complete("noa", "10:00:00", "inner_doodling", { has_drawing: false });
    const summary = async (slug: string, query = "") =>
      (await get(`/modules/${slug}/completion-data/summary${query}`)).body;
    expect(await summary("breathing_exercise")).toEqual({
      count: 3,
      fields: {
        completed_steps: expect.objectContaining({ count: 3 }),
        emotion: { count: 3, frequencies: { Calm: 2, Tense: 1 } },
        intensity: { count: 3, min: 0, mean: 46.6667, max: 100, quartiles: [20, 40, 70] },
      },
    });
    expect((await summary("inner_doodling")).fields).toEqual({
      sketch_data: { count: 1 },
      has_drawing: { count: 2, true_share: 0.5 },
    });
    expect((await summary("emotion_labeling")).fields).toEqual({
      mood: { count: 1, frequencies: { Tired: 1 } },
      date: { count: 1, frequencies: { [DAY]: 1 } },
      note: { count: 1, frequencies: { "The pager went off twice.": 1 } },
    });
    expect((await summary("quick_assessment")).fields).toMatchObject({
      answers: { count: 2 },
      total_questions: { count: 2, mean: 2 },
    });

    // From 10:00 on, but before 11:00.
    expect(await summary("breathing_exercise", `?since=${at("10:00:00")}&until=${at("11:00:00")}`)).toMatchObject({
      count: 1,
      fields: { intensity: { max: 0 } },
    });
    expect(await summary("breathing_exercise", "?since=2027-01-01T00:00:00Z")).toMatchObject({
      count: 0,
      fields: { emotion: { count: 0 } },
    });
    expect(await get("/modules/nowhere/completion-data/summary")).toMatchObject({ status: 404 });
    expect(await get(`/modules/breathing_exercise/completion-data/summary?since=${DAY}`)).toMatchObject({
      status: 400,
    });
  });

  it("keep the first time at a second completion, and add an attempt with its own data", async () => {
    const again = { ...breathing, emotion: "Glad", intensity: 10 };
    const answer = await complete("mia", "20:00:00", "breathing_exercise", again);
    expect(answer.module).toMatchObject({ status: "completed", completed_at: at("09:00:00") });
    expect(answer.courses).toMatchObject([{ slug: "calm-on-call", completed: true, newly_completed: false }]);
    expect(await module("mia", "breathing_exercise")).toMatchObject({
      completed_at: at("09:00:00"),
      completion_data: again,
      attempts: [
        { occurred_at: at("20:00:00"), completion_data: again },
        { occurred_at: at("09:00:00"), completion_data: breathing },
      ],
    });
  });

  it("show the newest data by time, not by arrival, and the same event once", async () => {
    await complete("mia", "15:00:00", "breathing_exercise", { ...breathing, intensity: 77 });
    await complete("mia", "15:00:00", "breathing_exercise", { ...breathing, intensity: 77 });
    const { completion_data, attempts } = await module("mia", "breathing_exercise");
    expect(completion_data).toMatchObject({ emotion: "Glad" });
    expect(attempts.map(({ occurred_at }: Json) => occurred_at)).toEqual(["20:00:00", "15:00:00", "09:00:00"].map(at));
  });

  it("show the newest data, however much was done since", async () => {
    await complete("pia", "09:00:00", "noted", { note: "first" });
    const events = Array.from({ length: 45 }, (_, index) =>
      event("module_scored", "pia", { module_slug: "noted", scores: { quiz: index }, ts: at(`10:00:${10 + index}`) }),
    );
    await post({ events });
    const { completion_data, attempts } = await module("pia", "noted");
    expect(completion_data).toEqual({ note: "first" });
    expect(attempts[0]).toMatchObject({ scores: { quiz: 44 } });
  });

  it.each([
    ["32 KB", 32 * 1024, 200],
    ["one byte more", 32 * 1024 + 1, 413],
  ])("take data of %s as they should", async (_, bytes, status) => {
    const note = "x".repeat(bytes - JSON.stringify({ note: "" }).length);
    const sent = { module_slug: "noted", completion_data: { note } };
    expect((await send(`size-${bytes}`, "module_completed", "09:00:00", sent)).status).toBe(status);
    expect((await module(`size-${bytes}`, "noted")).completion_data).toEqual(status === 200 ? { note } : null);
  });
});

describe("A scenario with vocabulary", () => {
  const module_slug = "handing-over-to-madrid";
  const ITEMS = ["arreglar", "el-conmutador", "el-turno", "hasta-luego", "la-averia"];
  const due = async (learner: string, query = "") => (await get(`/learners/${learner}/reviews${query}`)).body.reviews;
  const NEXT_DAY = "2026-01-19T10:00:00.000Z";
  const session = { session_id: "s-1", session_type: "vocabulary_review" };

  it("shows up in history, sessions and due reviews when it is complete", async () => {
    await did("vera", "session_started", "09:00:00", { ...session, module_slug, source: "scenario", language: "es" });
    await did("vera", "module_started", "09:30:00", { module_slug });
    expect(await due("vera")).toEqual([]);
    const { module: completed, courses } = await did("vera", "module_completed", "10:00:00", {
      module_slug,
      completion_data: { role: "handing over" },
    });
    expect(completed).toMatchObject({ status: "completed", completed_at: at("10:00:00") });
    expect(courses).toMatchObject([{ slug: "operator-certificate" }]);
    await did("vera", "session_ended", "10:15:00", { ...session, items_studied: 5, items_correct: 4 });

    expect(await history("vera")).toMatchObject([
      { kind: "completion", module_slug, occurred_at: at("10:00:00"), completion_data: { role: "handing over" } },
    ]);
    expect((await get("/learners/vera/sessions")).body.sessions).toEqual([
      {
        session_id: `module ${module_slug}`,
        session_type: "module",
        module_slug,
        source: "module_completed",
        language: null,
        started_at: at("09:30:00"),
        ended_at: at("10:00:00"),
        duration_seconds: 1800,
        items_studied: null,
        items_correct: null,
        automatic: true,
      },
      {
        ...session,
        module_slug,
        source: "scenario",
        language: "es",
        started_at: at("09:00:00"),
        ended_at: at("10:15:00"),
        duration_seconds: 4500,
        items_studied: 5,
        items_correct: 4,
      },
    ]);
    const reviews = await due("vera");
    expect(reviews.map(({ item_id }: Json) => item_id)).toEqual(ITEMS);
    expect(reviews[2]).toEqual({
      module_slug,
      item_id: "el-turno",
      front: "el turno",
      back: "the shift",
      source: { type: "module", slug: module_slug },
      created_at: at("10:00:00"),
      due_at: NEXT_DAY,
      review_count: 0,
      last_reviewed_at: null,
    });
    expect(await due("vera", `?due_before=${NEXT_DAY}`)).toEqual([]);
    expect(await due("vera", "?due_before=2026-01-19T10:00:00.001Z")).toHaveLength(5);
  });

  const review = (learner: string, item_id: string, rating: string, eventId: string, ts = NEXT_DAY) =>
    post({ ...event("item_reviewed", learner, { module_slug, item_id, rating, ts }), eventId });

  it("schedules the next review by its rating; the same event twice counts once", async () => {
    const first = await review("vera", "el-turno", "good", "r-1");
    expect(first.body).toMatchObject({
      status: "accepted",
      review: { review_count: 1, last_reviewed_at: NEXT_DAY, due_at: "2026-01-19T10:10:00.000Z" },
    });
    expect((await review("vera", "el-turno", "good", "r-1")).body).toEqual(first.body);
    const easy = await review("vera", "arreglar", "easy", "r-2");
    expect(easy.body.review.due_at > "2026-01-21").toBe(true);
    expect((await due("vera")).map(({ item_id }: Json) => item_id)).toEqual([
      "el-conmutador",
      "hasta-luego",
      "la-averia",
      "el-turno",
      "arreglar",
    ]);
  });

  it("counts two reviews at once, both", async () => {
    await Promise.all([
      review("vera", "la-averia", "again", "r-3"),
      review("vera", "la-averia", "good", "r-4"),
      review("vera", "la-averia", "good", "r-4"),
    ]);
    expect((await due("vera")).find(({ item_id }: Json) => item_id === "la-averia")).toMatchObject({ review_count: 2 });
  });

  it("is the same whatever arrives first", async () => {
    const later = "2026-01-20T10:00:00.000Z";
    await review("vera", "hasta-luego", "good", "r-5");
    await review("vera", "hasta-luego", "hard", "r-6", later);
    await review("val", "hasta-luego", "hard", "r-6", later);
    await review("val", "hasta-luego", "good", "r-5");
    await did("val", "module_completed", "10:00:00", { module_slug });
    const of = async (learner: string) => (await due(learner)).find(({ item_id }: Json) => item_id === "hasta-luego");
    expect(await of("val")).toEqual(await of("vera"));
  });

  it("keeps cards and session at a second completion", async () => {
    const before = [await due("vera"), (await get("/learners/vera/sessions")).body];
    await did("vera", "module_completed", "22:00:00", { module_slug });
    expect([await due("vera"), (await get("/learners/vera/sessions")).body]).toEqual(before);
    expect(await history("vera")).toHaveLength(2);
  });

  it.each([
    ["an unknown rating", { rating: "perfect" }, 400],
    ["an unknown item", { item_id: "adios" }, 200],
  ])("answers a review with %s as it should", async (_, fields, status) => {
    const sent = { module_slug, item_id: "el-turno", rating: "good", ...fields };
    const answer = await send("vic", "item_reviewed", "10:00:00", sent);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body.warnings).toMatchObject([{ code: "UNKNOWN_ITEM" }]);
  });
});

describe("A session", () => {
  const session = { session_id: "c-1", session_type: "conversation" };
  const sessions = async (learner: string) => (await get(`/learners/${learner}/sessions`)).body.sessions;

  it("ends once: a second end changes nothing, and warns", async () => {
    await did("eve", "session_started", "09:00:00", session);
    const end = { ...session, items_studied: 3 };
    expect((await did("eve", "session_ended", "09:01:30", end, "end-1")).warnings).toEqual([]);
    const before = await sessions("eve");
    expect(before).toMatchObject([{ duration_seconds: 90, items_studied: 3 }]);
    expect(
      (await did("eve", "session_ended", "09:05:00", { ...session, items_studied: 9 }, "end-2")).warnings,
    ).toMatchObject([{ code: "SESSION_ALREADY_ENDED" }]);
    // The first end once more is no second end.
    expect((await did("eve", "session_ended", "09:01:30", end, "end-1")).warnings).toEqual([]);
    expect(await sessions("eve")).toEqual(before);
  });

  it("that ends without a start is kept, and meets a start that comes late", async () => {
    await did("eli", "session_ended", "09:10:00", { ...session, items_correct: 2 });
    expect(await sessions("eli")).toMatchObject([
      { ...session, started_at: null, ended_at: at("09:10:00"), duration_seconds: null, items_correct: 2 },
    ]);
    await did("eli", "session_started", "09:00:00", { ...session, language: "es" });
    expect(await sessions("eli")).toMatchObject([
      { started_at: at("09:00:00"), duration_seconds: 600, language: "es" },
    ]);
  });

  it("of several ends at once has one", async () => {
    await did("eno", "session_started", "09:00:00", session);
    const ends = Array.from({ length: 6 }, (_, index) =>
      did("eno", "session_ended", `09:0${index + 1}:00`, { ...session, items_studied: index }, `e-${index}`),
    );
    const warned = (await Promise.all(ends)).map(({ warnings }) => warnings.length);
    expect(warned.filter((count) => count === 0)).toHaveLength(1);
    const [only] = await sessions("eno");
    expect(only).toMatchObject({ items_studied: warned.indexOf(0), duration_seconds: 60 * (warned.indexOf(0) + 1) });
  });
});

describe("A task with a quiz", () => {
  const module_slug = "securing-a-switch";
  const quiz = { module_slug, task_slug: "securing-quiz" };
  const three = { "remote-login": "SSH", "unused-ports": "They are shut down", "after-a-leak": "Revoke the key" };
  const submit = (learner: string, clock: string, fields: Fields, eventId?: string) =>
    did(learner, "task_submitted", clock, { module_slug, ...fields }, eventId);

  it("is graded here: 3 of 4 points is 75, and 75 passes 75; the lab completes the module, the reading never blocks", async () => {
    const half = await submit("quinn", "09:00:00", {
      ...quiz,
      answers: { "remote-login": "SSH", "who-may-change": ["operators", "pipeline"] },
    });
    expect(half.grade).toMatchObject({ score: 50 });
    expect(half.module).toMatchObject({ progress_percentage: 0, tasks: [{ best_score: 50, passed: false }, {}, {}] });
    const passed = await submit("quinn", "10:00:00", {
      ...quiz,
      answers: { ...three, "who-may-change": ["operators"] },
    });
    // Whoever knows which questions were right could pass by trying, so a quiz with few attempts tells the score alone.
    expect(passed.grade).toEqual({ score: 75 });
    expect(passed.module).toMatchObject({ status: "started", progress_percentage: 50 });

    const claim = await send("quinn", "module_completed", "10:30:00", { module_slug });
    expect(claim).toMatchObject({ status: 400, body: { missing: [{ type: "task", slug: "securing-lab" }] } });

    const lab = await submit("quinn", "11:00:00", { task_slug: "securing-lab", attested: true });
    expect(lab.module).toMatchObject({ status: "completed", completed_at: at("11:00:00"), progress_percentage: 100 });
    expect(await module("quinn", module_slug)).toMatchObject({
      tasks: [
        { task_slug: "securing-quiz", best_score: 75, passed: true, passed_at: at("10:00:00"), max_attempts: 3 },
        { task_slug: "securing-lab", attested: true, passed: true },
        { task_slug: "reading-list", required: false, passed: false },
      ],
    });
  });

  it("keeps the best attempt, and every one", async () => {
    await submit("quinn", "12:00:00", { ...quiz, answers: {} });
    expect((await module("quinn", module_slug)).tasks[0]).toMatchObject({ best_score: 75, passed_at: at("10:00:00") });
    const kept = (await history("quinn")).map(({ score, attested, kind }) => score ?? attested ?? kind);
    expect(kept).toEqual([0, true, "claim", 75, 50]);
  });

  it.each([
    ["quiz", quiz, 3, { answers: three }],
    ["lab", { module_slug, task_slug: "securing-lab" }, 5, { attested: true }],
  ])(
    "of 10 attempts of the %s at once, the most that it allows are accepted, and stay so",
    async (name, task, most, result) => {
      const learner = `storm-${name}`;
      const ids = Array.from({ length: 10 }, (_, index) => `${name}-${index}`);
      const all = async () => {
        const sent = ids.map((id) => send(learner, "task_submitted", "10:00:00", { ...task, ...result }, id));
        return (await Promise.all(sent)).map(({ status, body }) => (status === 200 ? "accepted" : body.code));
      };
      const first = await all();
      expect(first.filter((outcome) => outcome === "accepted")).toHaveLength(most);
      expect(first.filter((outcome) => outcome === "ATTEMPTS_EXHAUSTED")).toHaveLength(10 - most);
      expect(await all()).toEqual(first);
      expect((await history(learner)).map(({ event_id }) => event_id).sort()).toEqual(
        ids.filter((_, index) => first[index] === "accepted"),
      );
      await restart();
      expect(await all()).toEqual(first);
    },
  );

  it("takes the most that it allows of one batch, and says which", async () => {
    const events = Array.from({ length: 5 }, (_, index) => ({
      ...event("task_submitted", "batch", { ...quiz, answers: {}, ts: at(`10:00:0${5 - index}`) }),
      eventId: `b-${index}`,
    }));
    const { body } = await post({ events });
    // The earliest by time stand last.
    expect(body.results.map(({ status }: Json) => status)).toEqual([
      "refused",
      "refused",
      "accepted",
      "accepted",
      "accepted",
    ]);
    expect(body.results[0].error).toMatchObject({ code: "ATTEMPTS_EXHAUSTED", max_attempts: 3 });
  });

  it.each([
    ["nothing to grade", {}, "SCHEMA_VALIDATION_FAILED"],
    ["two results at once", { score: 10, attested: true }, "SCHEMA_VALIDATION_FAILED"],
    ["a score below 0", { score: -0.5 }, "SCHEMA_VALIDATION_FAILED"],
    ["an attestation that is false", { attested: false }, "SCHEMA_VALIDATION_FAILED"],
    ["an attestation of a quiz", { attested: true }, "WRONG_KIND_OF_RESULT"],
    ["answers to a lab", { task_slug: "securing-lab", answers: {} }, "WRONG_KIND_OF_RESULT"],
    ["answers to a module without a quiz", { module_slug: "noted", answers: {} }, "QUIZ_NOT_FOUND"],
  ])("is refused with %s", async (_, fields, code) => {
    const answer = await send("quentin", "task_submitted", "10:00:00", { ...quiz, ...fields });
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(await history("quentin")).toEqual([]);
  });

  it("without a limit of attempts tells which questions were right", async () => {
    const answered = { module_slug: "planted", task_slug: "quiz", answers: { q1: "wrong", q2: ["right"] } };
    expect((await did("quade", "task_submitted", "10:00:00", answered)).grade).toEqual({
      score: 25,
      questions: [
        { id: "q1", correct: false, points: 0 },
        { id: "q2", correct: true, points: 1 },
      ],
    });
  });

  it("counts a score above 100 as 100, and warns of it", async () => {
    const over = await submit("quora", "10:00:00", { ...quiz, score: 100.5 });
    expect(over.warnings).toMatchObject([{ code: "SCORE_ABOVE_100" }]);
    expect((await module("quora", module_slug)).tasks[0]).toMatchObject({ best_score: 100, passed: true });
    expect(await history("quora")).toMatchObject([{ kind: "task", score: 100 }]);
  });
});

describe("A locked module", () => {
  const module_slug = "leading-a-maintenance-window";
  const locked_by = ["preparing-your-workspace", "securing-a-switch"].map((slug) => ({ type: "module", slug }));
  const steps = ["accounts", "tools", "access", "first-login"];
  const secure = async (learner: string) => {
    const of = { module_slug: "securing-a-switch" };
    await did(learner, "task_submitted", "09:00:00", { ...of, task_slug: "securing-quiz", score: 75 });
    return did(learner, "task_submitted", "09:01:00", { ...of, task_slug: "securing-lab", attested: true });
  };

  it.each([
    ["module_started", {}],
    ["module_progressed", { step: "one" }],
    ["task_submitted", { task_slug: "t", score: 1 }],
    ["module_scored", { scores: { quiz: 1 } }],
  ])("whose order is enforced refuses %s, and keeps nothing of it", async (name, fields) => {
    const answer = await send("lea", name, "08:00:00", { module_slug, ...fields });
    expect(answer).toMatchObject({ status: 400, body: { code: "MODULE_LOCKED", locked_by } });
    expect(await module("lea", module_slug)).toMatchObject({
      status: "not_started",
      locked: true,
      locked_by,
      attempts: [],
    });
    expect(await history("lea")).toEqual([]);
  });

  it("whose order is enforced refuses a completion, and keeps what the learner wrote as a refused claim", async () => {
    const completion_data = { words: "all that was written" };
    const answer = await send("lea", "module_completed", "08:00:00", { module_slug, completion_data });
    expect(answer).toMatchObject({ status: 400, body: { code: "MODULE_LOCKED", locked_by } });
    expect(await module("lea", module_slug)).toMatchObject({ status: "not_started", locked: true, locked_by });
    expect(await history("lea")).toMatchObject([
      { kind: "claim", module_slug, refused: true, code: "MODULE_LOCKED", completion_data },
    ]);
  });

  it("may be recommended", async () => {
    await did("lea", "module_recommended", "08:00:00", { module_slug });
    expect(await module("lea", module_slug)).toMatchObject({ recommended_at: at("08:00:00"), locked: true });
  });

  it("opens with the last prerequisite, which says so, and then takes all", async () => {
    expect((await secure("lea")).unlocked).toEqual([]);
    const progressed = { module_slug: "preparing-your-workspace" };
    const opened: Json[] = [];
    for (const [index, step] of steps.entries())
      opened.push(...(await did("lea", "module_progressed", `10:0${index}:00`, { ...progressed, step })).unlocked);
    expect(opened).toEqual([{ type: "module", slug: module_slug }]);
    expect(await module("lea", module_slug)).toMatchObject({ locked: false, locked_by: [] });
    expect((await did("lea", "module_completed", "11:00:00", { module_slug })).module).toMatchObject({
      status: "completed",
    });
  });

  it("in a batch is open for what comes after its prerequisites", async () => {
    await secure("lou");
    const events = steps.map((step, index) =>
      event("module_progressed", "lou", { module_slug: "preparing-your-workspace", step, ts: at(`10:0${index}:00`) }),
    );
    const { body } = await post({
      events: [
        event("module_completed", "lou", { module_slug, ts: at("10:30:00") }),
        ...events,
        event("module_completed", "lou", { module_slug, ts: at("10:01:30") }),
      ],
    });
    expect(body.results.map(({ status }: Json) => status)).toEqual([
      "accepted",
      ...steps.map(() => "accepted"),
      "refused",
    ]);
    expect(body.results.at(-1).error).toMatchObject({ code: "MODULE_LOCKED" });
  });

  it("is opened by what completes the one before it, and by nothing else, in a batch as alone", async () => {
    const module_slug = "breathing_exercise";
    const completion_data = { completed_steps: 3, emotion: "Calm", intensity: 20 };
    const opened = [{ type: "module", slug: "emotion_labeling" }];
    const sent = (learner: string) => [
      event("module_started", learner, { module_slug, ts: at("09:00:00") }),
      event("module_completed", learner, { module_slug, completion_data, ts: at("10:00:00") }),
      event("module_started", learner, { module_slug, ts: at("10:05:00") }),
    ];
    const batch = (await post({ events: sent("lin") })).body.results.map(({ unlocked }: Json) => unlocked);
    expect(batch).toEqual([[], opened, []]);
    const alone: Json[] = [];
    for (const one of sent("lim")) alone.push((await post(one)).body.unlocked);
    expect(alone).toEqual(batch);
  });

  it("of a sequential course whose order is enforced opens one after the other", async () => {
    const complete = (slug: string, clock: string) => send("liv", "module_completed", clock, { module_slug: slug });
    expect((await complete("s2", "09:00:00")).body).toMatchObject({
      code: "MODULE_LOCKED",
      locked_by: [{ type: "module", slug: "s1" }],
    });
    expect((await complete("s1", "09:01:00")).body.unlocked).toEqual([{ type: "module", slug: "s2" }]);
    expect((await complete("s3", "09:02:00")).body).toMatchObject({ locked_by: [{ type: "module", slug: "s2" }] });
    expect((await complete("s2", "09:03:00")).status).toBe(200);
    expect((await complete("s3", "09:04:00")).body.courses).toMatchObject([{ slug: "strict", newly_completed: true }]);
    // What is complete takes its own events again.
    expect((await complete("s3", "09:04:00")).status).toBe(200);
  });
});

describe("Lists in pages", () => {
  const COUNT = 23;
  const times = Array.from({ length: COUNT }, (_, index) => at(`10:00:${10 + Math.floor(index / 3)}`));

  beforeAll(async () => {
    // Several at one moment, so that pages end between them.
    await post({
      events: times.flatMap((ts, index) => [
        {
          ...event("module_scored", "pat", { module_slug: "noted", scores: { quiz: index }, ts }),
          eventId: `a-${index}`,
        },
        event("session_started", "pat", { session_id: `s-${index}`, session_type: "conversation", ts }),
        event("session_ended", "pat", { session_id: `e-${index}`, session_type: "conversation", ts }),
        event("item_reviewed", "pat", { module_slug: "noted", item_id: `i-${index}`, rating: "good", ts }),
      ]),
    });
  });

  const names = (prefix: string) => Array.from({ length: COUNT }, (_, index) => `${prefix}-${index}`);
  const isSorted = (list: string[], direction: 1 | -1) =>
    list.every(
      (value, index) =>
        index === 0 || direction * (value < (list[index - 1] as string) ? -1 : 1) > 0 || value === list[index - 1],
    );

  it.each([1, 2, 7, 22, 23, 24, 1000])("of %i give every attempt once, newest first", async (limit) => {
    const attempts = await pages("/learners/pat/history", "attempts", limit);
    expect(attempts.map(({ event_id }) => event_id).sort()).toEqual(names("a").sort());
    expect(
      isSorted(
        attempts.map(({ occurred_at }) => occurred_at),
        -1,
      ),
    ).toBe(true);
  });

  it.each([1, 7, 45, 46, 1000])("of %i give every session once, newest first", async (limit) => {
    const sessions = await pages("/learners/pat/sessions", "sessions", limit);
    expect(sessions.map(({ session_id }) => session_id).sort()).toEqual([...names("s"), ...names("e")].sort());
    expect(
      isSorted(
        sessions.map(({ started_at, ended_at }) => started_at ?? ended_at),
        -1,
      ),
    ).toBe(true);
  });

  it.each([1, 7, 23, 1000])("of %i give every review once, those that are due first in front", async (limit) => {
    const reviews = await pages("/learners/pat/reviews", "reviews", limit);
    expect(reviews.map(({ item_id }) => item_id).sort()).toEqual(names("i").sort());
    expect(
      isSorted(
        reviews.map(({ due_at }) => due_at),
        1,
      ),
    ).toBe(true);
  });

  it("of reviews that are due soon leave out the others", async () => {
    const reviews = await pages(`/learners/pat/reviews?due_before=${at("10:10:12")}`, "reviews", 2);
    expect(reviews.map(({ item_id }) => item_id).sort()).toEqual(["i-0", "i-1", "i-2", "i-3", "i-4", "i-5"]);
  });

  it("of those who completed a module give each once, in order of time", async () => {
    const learners = Array.from({ length: 9 }, (_, index) => `page-${index}`);
    await post({
      events: learners.map((learner, index) =>
        event("module_completed", learner, {
          module_slug: "reviewing-a-change",
          ts: at(`10:00:0${Math.floor(index / 2)}`),
        }),
      ),
    });
    const completions = await pages("/modules/reviewing-a-change/completions", "completions", 2);
    expect(completions.map(({ learner_id }) => learner_id).sort()).toEqual(learners);
    expect(
      isSorted(
        completions.map(({ completed_at }) => completed_at),
        1,
      ),
    ).toBe(true);
    const some = await pages(
      `/modules/reviewing-a-change/completions?since=${at("10:00:01")}&until=${at("10:00:03")}`,
      "completions",
      3,
    );
    expect(some.map(({ learner_id }) => learner_id).sort()).toEqual(["page-2", "page-3", "page-4", "page-5"]);
  });

  it.each([
    ["/learners/pat/history?limit=0", 400],
    ["/learners/pat/history?cursor=x", 400],
    ["/learners/pat/sessions?limit=1001", 400],
    ["/learners/pat/sessions?cursor=%00", 400],
    ["/learners/pat/reviews?due_before=tomorrow", 400],
    ["/learners/nobody/history", 200],
    ["/learners/nobody/sessions", 200],
    ["/learners/nobody/reviews", 200],
    ["/modules/nowhere/completions", 404],
    ["/modules/planted/completions", 200],
  ])("%s is answered %i", async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    if (path.includes("nobody") || path.includes("planted")) expect(answer.body.next_cursor).toBeNull();
  });
});

describe("A correct answer that no learner gave", () => {
  const quiz = { module_slug: "planted", task_slug: "quiz" };

  it("is in no answer to those who answer wrongly", async () => {
    for (const [index, answered] of [
      {},
      { q1: "wrong" },
      { q1: ["wrong"], q2: "right" },
      { q1: 5, other: "x" },
    ].entries())
      expect(
        (await did("prue", "task_submitted", `10:0${index}:00`, { ...quiz, answers: answered })).grade.score,
      ).toBeLessThan(75);
    await send("prue", "module_completed", "10:10:00", { module_slug: "planted" });
    await send("prue", "task_submitted", "10:11:00", { ...quiz, answers: "wrong" });
    for (const path of ["modules/planted", "courses/extra", "progress", "history", "sessions", "reviews"])
      await get(`/learners/prue/${path}`);
    await get("/modules/planted/completion-data/summary");
    await get("/health");
  });

  it("is not in the catalog, nor is anything of a quiz", async () => {
    const { body, text } = await get("/catalog");
    expect(body.modules.map(({ slug }: Json) => slug)).toEqual(
      expect.arrayContaining(["planted", "securing-a-switch"]),
    );
    expect(text).not.toMatch(/correct_answer|"questions"|Revoke the key/);
  });

  it("is not in what the service says of a quiz that is faulty", async () => {
    const [question] = PLANTED_QUIZ.questions;
    const faulty = [
      { questions: [{ ...question, options: ["a", "b"] }] },
      `{"questions": [{"correct_answer": ${PLANTED}}]}`,
      `{"questions": [{"correct_answer": "${PLANTED}"`,
    ];
    const status = async (expected: string) => {
      await eventually(async () => expect((await get("/health")).body.status).toBe(expected));
      return (await get("/health")).body;
    };
    for (const quiz of faulty) {
      writeContent(CONTENT_DIR, { "modules/planted/quiz.json": quiz });
      expect((await status("degraded")).catalog_faults).toMatchObject([{ file: "modules/planted/quiz.json" }]);
      expect(service.output()).not.toContain(PLANTED);
      writeContent(CONTENT_DIR, { "modules/planted/quiz.json": PLANTED_QUIZ });
      await status("ok");
    }
  });

  it("is in no answer of all these stories", () => {
    expect(answers.length).toBeGreaterThan(300);
    expect(answers.filter(({ text }) => text.includes(PLANTED))).toEqual([]);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });
});
