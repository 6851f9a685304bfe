import { beforeAll, describe, expect, it } from "vitest";
import { bearer, createIssuer } from "../support/builders/tokens.ts";
import {
  type Answer,
  type Json,
  request,
  type Service,
  startService,
  temporaryFolder,
  writeContent,
} from "../support/processes/service.ts";

const CONTENT_DIR = writeContent(temporaryFolder(), {
  "courses/safety.json": { slug: "safety", modules: ["rules", "drill"], valid_for: "P1Y", renew_from: "P30D" },
  "courses/essays.json": { slug: "essays", modules: ["essay"] },
  "pathways/writing.json": { slug: "writing", courses: ["essays"] },
  "courses/exam.json": { slug: "exam", modules: ["paper"] },
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "arrays"] },
  "pathways/dev.json": { slug: "dev", courses: ["ruby"], modules: ["welcome"] },
  "modules/essay/completion.json": {
    score: { passing_score: 60, weights: { text: 1 } },
    review_items: [{ id: "comma", front: "comma", back: "a pause" }],
  },
  "modules/paper/completion.json": {
    completion_tasks: [{ task_slug: "quiz", passing_score: 50, max_attempts: 1 }],
  },
  "modules/after/completion.json": { prerequisites: ["strings"], enforce_order: true },
});

/** Who speaks to the service; anybody else is a learner with a token of their own. */
const STAFF: Record<string, { sub: string; scope: string }> = {
  teacher: { sub: "teacher", scope: "waymark:write" },
  reader: { sub: "reader", scope: "waymark:read" },
  dean: { sub: "dean", scope: "waymark:admin" },
};
let service: Service;
let headersOf: (name: string) => Promise<Record<string, string>>;
beforeAll(async () => {
  const issuer = await createIssuer();
  service = await startService({ CONTENT_DIR, ...issuer.variables });
  headersOf = async (name) => bearer(await issuer.mint(STAFF[name] ?? { sub: name }));
});

type Fields = Record<string, unknown>;
const YEAR = new Date().getUTCFullYear();
const MONTH = new Date().getUTCMonth();
/** The 15th of a month, so many months ago, at that hour: the service knows no other time than that of its machine. */
const ago = (months: number, hour = 10): string => new Date(Date.UTC(YEAR, MONTH - months, 15, hour)).toISOString();
const later = (time: string, change: (date: Date) => unknown): string => {
  const date = new Date(time);
  change(date);
  return date.toISOString();
};
const aYearAfter = (time: string) => later(time, (date) => date.setUTCFullYear(date.getUTCFullYear() + 1));
const daysBefore = (time: string, days: number) => later(time, (date) => date.setUTCDate(date.getUTCDate() - days));

/** @param by a learner's own name, or one of the staff */
async function send(by: string, name: string, learner: string, fields: Fields, eventId?: string): Promise<Answer> {
  const event = { eventName: `learning_${name}`, contactIdentifier: { contactId: learner }, payload: fields };
  return service.post({ ...event, ...(eventId !== undefined && { eventId }) }, await headersOf(by));
}
/** The same, accepted. */
async function did(by: string, name: string, learner: string, fields: Fields, eventId?: string): Promise<Json> {
  const answer = await send(by, name, learner, fields, eventId);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}
const mark = (learner: string, module_slug: string, ts: string, eventId?: string) =>
  did(learner, "module_completed", learner, { module_slug, ts }, eventId);
const decide = (by: string, name: string, learner: string, fields: Fields, eventId?: string) =>
  did(by, name, learner, { reason: "because", ...fields }, eventId);

const newly = ({ courses, pathways }: Json): string[] =>
  [...courses, ...pathways].flatMap(({ slug, newly_completed }) => (newly_completed ? [slug] : []));
const get = async (path: string, by = "reader"): Promise<Json> => {
  const { status, body, text } = await service.get(path, await headersOf(by));
  expect(status, text).toBe(200);
  return body;
};
const course = (learner: string, slug: string) => get(`/learners/${learner}/courses/${slug}`);
const pathway = (learner: string, slug: string) => get(`/learners/${learner}/pathways/${slug}`);
const module = (learner: string, slug: string) => get(`/learners/${learner}/modules/${slug}`);
const history = async (learner: string, kind?: string): Promise<Json[]> =>
  (await get(`/learners/${learner}/history?limit=100${kind ? `&kind=${kind}` : ""}`)).attempts;
const listed = async (path: string, learner: string): Promise<Json[]> =>
  (await get(path)).completions.filter(({ learner_id }: Json) => learner_id === learner);
const codes = ({ warnings }: Json): string[] => warnings.map(({ code }: Json) => code);

describe("A yearly safety course over three years", () => {
  const first = ago(35);
  const firstEnds = aYearAfter(first);
  const second = daysBefore(firstEnds, 10);
  const secondEnds = aYearAfter(second);
  const third = ago(1);
  const thirdEnds = aYearAfter(third);
  const list = "/courses/safety/completions";
  const term = (completed_at: string, expires_at: string, ended_by: string | null) => ({
    completed_at,
    expires_at,
    ended_by,
  });

  it("is completed, and has expired when a year is over", async () => {
    expect(newly(await mark("ada", "rules", ago(35, 9)))).toEqual([]);
    expect(newly(await mark("ada", "drill", first, "drill-1"))).toEqual(["safety"]);
    expect(await course("ada", "safety")).toMatchObject({
      status: "expired",
      completed: false,
      completed_at: first,
      expires_at: firstEnds,
      progress: { completed: 0, total: 2, short_by: 2 },
      settled: true,
      missing: [{ slug: "rules" }, { slug: "drill" }],
      terms: [term(first, firstEnds, "expired")],
    });
    expect(await listed(`${list}?expiring_before=${firstEnds}`, "ada")).toEqual([]);
    expect(await listed(`${list}?expiring_before=${new Date().toISOString()}`, "ada")).toMatchObject([
      { completed_at: first, expires_at: firstEnds, completion_source: "inferred" },
    ]);
  });

  it("was renewed by what was done in its last thirty days, and by nothing earlier", async () => {
    expect(newly(await mark("ada", "drill", daysBefore(firstEnds, 31)))).toEqual([]);
    expect(newly(await mark("ada", "rules", daysBefore(firstEnds, 11)))).toEqual([]);
    expect((await course("ada", "safety")).progress).toMatchObject({ completed: 1, short_by: 1 });
    expect(newly(await mark("ada", "drill", second, "drill-2"))).toEqual(["safety"]);
    expect(await course("ada", "safety")).toMatchObject({
      status: "expired",
      terms: [term(second, secondEnds, "expired"), term(first, firstEnds, "renewed")],
    });
  });

  it("is done again after it had expired, and runs", async () => {
    expect(newly(await mark("ada", "rules", ago(1, 9)))).toEqual([]);
    expect(newly(await mark("ada", "drill", third, "drill-3"))).toEqual(["safety"]);
    expect(await course("ada", "safety")).toMatchObject({
      status: "completed",
      completed: true,
      completed_at: third,
      expires_at: thirdEnds,
      progress: { completed: 2, total: 2, short_by: 0 },
      missing: [],
      settled: true,
      terms: [term(third, thirdEnds, null), term(second, secondEnds, "expired"), term(first, firstEnds, "renewed")],
    });
  });

  it("says so to the event that completed the newest term alone, however often the events are sent again", async () => {
    expect(newly(await mark("ada", "drill", third, "drill-3"))).toEqual(["safety"]);
    expect(newly(await mark("ada", "drill", first, "drill-1"))).toEqual([]);
    expect(newly(await mark("ada", "drill", ago(0, 0)))).toEqual([]);
    expect((await course("ada", "safety")).terms).toHaveLength(3);
  });

  it("lists the newest term of each, and those who must renew", async () => {
    await mark("lea", "rules", first);
    await mark("lea", "drill", first);
    const row = [{ completed_at: third, expires_at: thirdEnds }];
    expect(await listed(list, "ada")).toMatchObject(row);
    expect(await listed(`${list}?since=${third}&until=${ago(0)}`, "ada")).toMatchObject(row);
    expect(await listed(`${list}?since=${first}&until=${third}`, "ada")).toEqual([]);
    const due = `${list}?expiring_before=`;
    expect(await listed(due + new Date().toISOString(), "ada")).toEqual([]);
    expect(await listed(due + new Date().toISOString(), "lea")).toMatchObject([{ expires_at: firstEnds }]);
    expect(await listed(due + thirdEnds, "ada")).toEqual([]);
    expect(await listed(due + later(thirdEnds, (date) => date.setUTCMilliseconds(1)), "ada")).toMatchObject(row);
  });
});

describe("A score that was typed for the wrong learner", () => {
  const typed = (learner: string, eventId: string) =>
    did("teacher", "module_scored", learner, { module_slug: "essay", scores: { text: 80 }, ts: ago(2) }, eventId);
  const trail = { completed_at: ago(2), expires_at: null };

  it("is void: what rests on it is cleared at once, with the trail in the history", async () => {
    expect(newly(await typed("bob", "typed-1"))).toEqual(["essays", "writing"]);
    expect((await get("/learners/bob/reviews")).reviews).toHaveLength(1);
    const answer = await decide(
      "teacher",
      "event_voided",
      "bob",
      { event_id: "typed-1", reason: "It was Bea's" },
      "void-1",
    );
    expect(answer).toMatchObject({
      warnings: [],
      module: { slug: "essay", status: "not_started", completed_at: null },
      courses: [{ slug: "essays", completed: false, completed_at: null, newly_completed: false }],
      pathways: [{ slug: "writing", completed: false, completed_at: null, newly_completed: false }],
    });
    for (const read of [await course("bob", "essays"), await pathway("bob", "writing")])
      expect(read).toMatchObject({
        status: "not_started",
        completed_at: null,
        completion_source: null,
        settled: true,
        terms: [],
      });
    expect(await module("bob", "essay")).toMatchObject({ status: "not_started", cumulative_score: 0 });
    for (const type of ["modules/essay", "courses/essays", "pathways/writing"])
      expect(await listed(`/${type}/completions`, "bob")).toEqual([]);
    expect((await get("/learners/bob/reviews")).reviews).toEqual([]);

    expect(await history("bob")).toMatchObject([
      {
        kind: "decision",
        decision: "void",
        event_id: "void-1",
        voids: "typed-1",
        by: "teacher",
        reason: "It was Bea's",
        changes: [
          { type: "module", slug: "essay", before: trail, after: null },
          { type: "course", slug: "essays", before: trail, after: null },
          { type: "pathway", slug: "writing", before: trail, after: null },
        ],
      },
      { kind: "score", event_id: "typed-1", voided: { by: "teacher", reason: "It was Bea's" } },
    ]);
    const wrong = await history("bob", "decision");
    expect(wrong.map(({ kind }) => kind)).toEqual(["decision"]);
  });

  it("adds nothing when it is sent again", async () => {
    expect(newly(await typed("bob", "typed-1"))).toEqual([]);
    expect(await course("bob", "essays")).toMatchObject({ status: "not_started", settled: true });
    expect(await history("bob")).toHaveLength(2);
  });

  it("counts for whom it was meant", async () => {
    expect(newly(await typed("bea", "typed-2"))).toEqual(["essays", "writing"]);
    expect(await course("bea", "essays")).toMatchObject({ status: "completed" });
  });

  it("comes back with the withdrawal of its void, which announces it", async () => {
    const answer = await decide("teacher", "event_voided", "bob", { event_id: "typed-1", withdrawn: true }, "void-2");
    expect(newly(answer)).toEqual(["essays", "writing"]);
    expect(await course("bob", "essays")).toMatchObject({ status: "completed", completed_at: ago(2) });
    expect((await get("/learners/bob/reviews")).reviews).toHaveLength(1);
    const [withdrawal, , score] = (await history("bob")) as [Json, Json, Json];
    expect(withdrawal).toMatchObject({ event_id: "void-2", withdrawn: true, changes: [{}, {}, {}] });
    expect(score).not.toHaveProperty("voided");
  });

  it("may be void before it arrives", async () => {
    expect(codes(await decide("teacher", "event_voided", "ben", { event_id: "typed-3" }))).toEqual(["UNKNOWN_EVENT"]);
    expect(newly(await typed("ben", "typed-3"))).toEqual([]);
    expect(await course("ben", "essays")).toMatchObject({ status: "not_started", settled: true });
    expect(await module("ben", "essay")).toMatchObject({ status: "not_started", cumulative_score: 0 });
    expect(newly(await typed("ben", "typed-4"))).toEqual(["essays", "writing"]);
  });
});

describe("A failed exam", () => {
  const attempt = (score: number, eventId: string) =>
    send("cem", "task_submitted", "cem", { module_slug: "paper", task_slug: "quiz", score, ts: ago(1) }, eventId);
  const exhausted = (max_attempts: number) => ({ status: 400, body: { code: "ATTEMPTS_EXHAUSTED", max_attempts } });

  it("has no second attempt", async () => {
    expect(await attempt(40, "try-1")).toMatchObject({ status: 200, body: { module: { status: "started" } } });
    expect(await attempt(90, "try-2")).toMatchObject(exhausted(1));
    expect(await course("cem", "exam")).toMatchObject({ status: "started", completed: false });
  });

  it("has one when it is granted, and one only, though the grant is sent twice", async () => {
    for (let sent = 0; sent < 2; sent++)
      await decide(
        "teacher",
        "attempts_granted",
        "cem",
        { module_slug: "paper", task_slug: "quiz", count: 1, ts: ago(1) },
        "grant-1",
      );
    expect((await module("cem", "paper")).tasks).toMatchObject([{ max_attempts: 2, best_score: 40, passed: false }]);
    const passed = await attempt(80, "try-3");
    expect(passed.status).toBe(200);
    expect(newly(passed.body)).toEqual(["exam"]);
    expect(await attempt(95, "try-4")).toMatchObject(exhausted(2));
    expect(await history("cem", "decision")).toMatchObject([
      { decision: "grant", module_slug: "paper", task_slug: "quiz", count: 1, by: "teacher", reason: "because" },
    ]);
  });
});

describe("A waiver", () => {
  const waive = (learner: string, of: string, slug: string, months: number, more: Fields = {}) =>
    decide("teacher", `${of}_waived`, learner, { [`${of}_slug`]: slug, ts: ago(months), ...more });

  it("of a module counts in its course, opens what it precedes, and can be withdrawn", async () => {
    await mark("dan", "arrays", ago(4));
    const start = () => send("dan", "module_started", "dan", { module_slug: "after", ts: ago(0, 0) });
    expect(await start()).toMatchObject({ status: 400, body: { code: "MODULE_LOCKED" } });
    const waived = await waive("dan", "module", "strings", 3);
    expect(newly(waived)).toEqual(["ruby"]);
    expect(waived.unlocked).toEqual([{ type: "module", slug: "after" }]);
    expect(await module("dan", "strings")).toMatchObject({
      status: "completed",
      completed_at: ago(3),
      waived: { by: "teacher", reason: "because", at: ago(3) },
    });
    expect(await course("dan", "ruby")).toMatchObject({ completed_at: ago(3), completion_source: "inferred" });
    expect(await listed("/modules/strings/completions", "dan")).toMatchObject([{ completed_at: ago(3) }]);

    await waive("dan", "module", "strings", 2, { withdrawn: true });
    expect(await module("dan", "strings")).toMatchObject({ status: "not_started", completed_at: null });
    expect(await course("dan", "ruby")).toMatchObject({ status: "started", completed: false, settled: true });
    expect(await listed("/modules/strings/completions", "dan")).toEqual([]);
    expect(await start()).toMatchObject({ status: 400, body: { code: "MODULE_LOCKED" } });
  });

  it.each([
    ["course", "ruby", { courses: "completed", pathways: "started" }],
    ["pathway", "dev", { courses: "not_started", pathways: "completed" }],
  ])("of a %s says who and why, and can be withdrawn", async (type, slug, expected) => {
    const learner = `waived-${type}`;
    const stand = async () => {
      const [ruby, dev] = [await course(learner, "ruby"), await pathway(learner, "dev")];
      expect([ruby.settled, dev.settled]).toEqual([true, true]);
      return { courses: ruby.status, pathways: dev.status };
    };
    expect(newly(await waive(learner, type, slug, 3))).toEqual([slug]);
    expect(await stand()).toEqual(expected);
    const read = await get(`/learners/${learner}/${type}s/${slug}`);
    expect(read).toMatchObject({
      completed_at: ago(3),
      completion_source: "waived",
      progress: { short_by: 0 },
      waived: { by: "teacher", reason: "because", at: ago(3) },
    });
    expect(await listed(`/${type}s/${slug}/completions`, learner)).toMatchObject([{ completion_source: "waived" }]);
    await waive(learner, type, slug, 2, { withdrawn: true });
    expect(await stand()).toEqual({ courses: "not_started", pathways: "not_started" });
    expect(await listed(`/${type}s/${slug}/completions`, learner)).toEqual([]);
    await waive(learner, type, slug, 1);
    expect((await stand())[`${type}s` as "courses" | "pathways"]).toBe("completed");
  });

  it("brings along what was completed elsewhere, with its own date", async () => {
    const imported = { as: "imported", completed_at: "2014-05-06T00:00:00.000Z" };
    expect(newly(await waive("eva", "course", "ruby", 1, imported))).toEqual(["ruby"]);
    expect(await course("eva", "ruby")).toMatchObject({
      status: "completed",
      completed_at: imported.completed_at,
      completion_source: "imported",
    });
    expect(await listed("/courses/ruby/completions?until=2015-01-01T00:00:00Z", "eva")).toMatchObject([
      { completion_source: "imported" },
    ]);
    expect(await history("eva", "decision")).toMatchObject([
      { decision: "waiver", completed_at: imported.completed_at },
    ]);
    expect(newly(await waive("eva", "course", "safety", 1, imported))).toEqual(["safety"]);
    expect(await course("eva", "safety")).toMatchObject({ status: "expired", expires_at: "2015-05-06T00:00:00.000Z" });
  });
});

describe("A course in a pathway that begins anew", () => {
  it("is complete with its pathway first", async () => {
    await mark("fay", "welcome", ago(9));
    await mark("fay", "strings", ago(8));
    expect(newly(await mark("fay", "arrays", ago(7)))).toEqual(["ruby", "dev"]);
  });

  it("stands when the pathway is reset, and is named", async () => {
    const answer = await decide("dean", "pathway_reset", "fay", { pathway_slug: "dev", ts: ago(6) });
    expect(answer.warnings).toMatchObject([{ code: "COURSES_STAND", message: expect.stringContaining("ruby") }]);
    expect(answer.pathways).toMatchObject([{ slug: "dev", completed: false, progress: { completed: 0, total: 2 } }]);
    expect(await pathway("fay", "dev")).toMatchObject({
      completed: false,
      completed_at: null,
      settled: true,
      terms: [{ completed_at: ago(7), expires_at: null, ended_by: "reset" }],
    });
    expect(await course("fay", "ruby")).toMatchObject({ status: "completed", completed_at: ago(7) });
    expect(await listed("/pathways/dev/completions", "fay")).toEqual([]);
  });

  it("is reset itself, and its modules stand", async () => {
    const answer = await decide("dean", "course_reset", "fay", { course_slug: "ruby", ts: ago(5) });
    expect(codes(answer)).toEqual([]);
    expect(await course("fay", "ruby")).toMatchObject({ completed: false, progress: { completed: 0 }, settled: true });
    expect(await listed("/courses/ruby/completions", "fay")).toEqual([]);
    expect(await module("fay", "strings")).toMatchObject({ status: "completed", completed_at: ago(8) });
  });

  it("is done again, and the pathway with it", async () => {
    await mark("fay", "strings", ago(4));
    expect(newly(await mark("fay", "arrays", ago(3)))).toEqual(["ruby"]);
    expect(newly(await mark("fay", "welcome", ago(2)))).toEqual(["dev"]);
    expect((await course("fay", "ruby")).terms).toMatchObject([
      { completed_at: ago(3), ended_by: null },
      { completed_at: ago(7), ended_by: "reset" },
    ]);
    expect(await pathway("fay", "dev")).toMatchObject({ status: "completed", completed_at: ago(2) });
    expect(await history("fay", "decision")).toMatchObject([
      { decision: "reset", course_slug: "ruby", by: "dean", changes: [{ slug: "ruby", after: null }] },
      { decision: "reset", pathway_slug: "dev", by: "dean", changes: [{ slug: "dev", after: null }] },
    ]);
  });
});

describe("Who may decide", () => {
  const DECISIONS: [name: string, fields: Fields, isTeachers: boolean][] = [
    ["module_waived", { module_slug: "strings" }, true],
    ["course_waived", { course_slug: "ruby" }, true],
    ["pathway_waived", { pathway_slug: "dev" }, true],
    ["attempts_granted", { module_slug: "paper", task_slug: "quiz", count: 1 }, true],
    ["event_voided", { event_id: "e-1" }, true],
    ["course_reset", { course_slug: "ruby" }, false],
    ["pathway_reset", { pathway_slug: "dev" }, false],
  ];

  it.each(DECISIONS)("%s is not for learners, nor for those who read", async (name, fields) => {
    for (const by of ["gil", "reader"])
      expect(await send(by, name, "gil", { reason: "because", ...fields })).toMatchObject({
        status: 403,
        body: { code: "FORBIDDEN" },
      });
    expect(await history("gil", "decision")).toEqual([]);
  });

  it.each(DECISIONS)("%s is for the staff that has the right", async (name, fields, isTeachers) => {
    const reason = { reason: "because" };
    expect((await send("teacher", name, `by-teacher-${name}`, { ...reason, ...fields })).status).toBe(
      isTeachers ? 200 : 403,
    );
    expect((await send("dean", name, `by-dean-${name}`, { ...reason, ...fields })).status).toBe(200);
    expect(await history(`by-dean-${name}`, "decision")).toMatchObject([{ by: "dean", reason: "because" }]);
    expect(await history(`by-teacher-${name}`, "decision")).toHaveLength(isTeachers ? 1 : 0);
  });

  it("is told of each decision of a batch, and the learner's own events are taken", async () => {
    const events = [
      { eventName: "learning_module_waived", payload: { module_slug: "strings", reason: "I know it" } },
      { eventName: "learning_module_completed", payload: { module_slug: "arrays", ts: ago(1) } },
    ];
    expect((await service.post({ events }, await headersOf("hal"))).body.results).toMatchObject([
      { status: "refused", error: { code: "FORBIDDEN", status: 403 } },
      { status: "accepted", module: { slug: "arrays", status: "completed" } },
    ]);
    expect(await module("hal", "strings")).toMatchObject({ status: "not_started" });
  });

  it("stands in the export and in the log, where nobody reads who it is about", async () => {
    await decide(
      "teacher",
      "module_waived",
      "ivy-of-the-log",
      { module_slug: "strings", reason: "Ivy was ill" },
      "waived-ivy",
    );
    const { body } = await request(service.url, "/learners/ivy-of-the-log/export", {
      headers: await headersOf("dean"),
    });
    const decision = { by: "teacher", reason: "Ivy was ill", event_id: "waived-ivy" };
    expect(body.progress).toContainEqual(expect.objectContaining({ kind: "waiver", ...decision }));
    expect(body.records).toContainEqual(expect.objectContaining({ kind: "decision", ...decision }));
    const line = service.logs().find(({ event_id }) => event_id === "waived-ivy");
    expect(line).toMatchObject({ message: "Decision taken", event_name: "learning_module_waived", by: "teacher" });
    expect(service.output()).not.toMatch(/ivy-of-the-log|Ivy was ill/);
  });
});
