import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest, type Ingest } from "../../src/service/ingest/ingest.ts";
import { isIdentity } from "../../src/store/keys.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { describeStores, type TestStore } from "../support/processes/stores.ts";

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "arrays"] },
  // Two courses of one module, and two pathways that each need one of them.
  "courses/git.json": { slug: "git", modules: ["commits"] },
  "courses/github.json": { slug: "github", modules: ["commits"] },
  "pathways/tools.json": { slug: "tools", courses: ["git"] },
  "pathways/teamwork.json": { slug: "teamwork", courses: ["github"] },
  // A course of one module that no pathway holds.
  "courses/welcome.json": { slug: "welcome", modules: ["hello"] },
  // A course of one module, of each kind of condition; a pathway needs one of them.
  "courses/calm.json": { slug: "calm", modules: ["breathing"] },
  "pathways/health.json": { slug: "health", courses: ["calm"] },
  "courses/exam.json": { slug: "exam", modules: ["quiz"] },
  "courses/grades.json": { slug: "grades", modules: ["essay"] },
  "modules/breathing/completion.json": { steps: ["in", "out"] },
  "modules/quiz/completion.json": { completion_tasks: [{ task_slug: "quiz-1", passing_score: 75 }] },
  "modules/essay/completion.json": { score: { passing_score: 50, weights: { draft: 1, final: 1 } } },
  // Courses that expire: of a mark, and of a task.
  "courses/drills.json": { slug: "drills", modules: ["drill"], valid_for: "P1Y" },
  "courses/tests.json": { slug: "tests", modules: ["test"], valid_for: "P1Y" },
  "modules/test/completion.json": { completion_tasks: [{ task_slug: "quiz-1", passing_score: 75 }] },
  // No course holds these.
  "modules/thrice/completion.json": { completion_tasks: [{ task_slug: "try", passing_score: 75, max_attempts: 3 }] },
  "modules/words/completion.json": { review_items: ["a", "b", "c"].map((id) => ({ id, front: id, back: id })) },
  "modules/key/completion.json": {},
  "modules/locked/completion.json": { prerequisites: ["key"], enforce_order: true },
});

type Fields = Record<string, unknown>;
const event = (name: string, fields: Fields, ts = "2026-01-18T10:00:00Z") => ({
  eventName: `learning_${name}`,
  payload: { ...fields, ts },
});
const completed = (module_slug: string, ts?: string) => event("module_completed", { module_slug }, ts);
const [EARLIER, AT_ONCE, LATER, LATEST] = ["09:00", "10:01", "11:00", "12:00"].map(
  (clock) => `2026-01-18T${clock}:00Z`,
);
const step = (name: string, ts?: string) => event("module_progressed", { module_slug: "breathing", step: name }, ts);
const task = (score: number, ts?: string) =>
  event("task_submitted", { module_slug: "quiz", task_slug: "quiz-1", score }, ts);
const test = (score: number, ts?: string) =>
  event("task_submitted", { module_slug: "test", task_slug: "quiz-1", score }, ts);
const unknownTask = event("task_submitted", { module_slug: "quiz", task_slug: "lab", attested: true });
const limited = (score: number, ts?: string) =>
  event("task_submitted", { module_slug: "thrice", task_slug: "try", score }, ts);
const scored = (scores: object, ts?: string) => event("module_scored", { module_slug: "essay", scores }, ts);
const reviewed = (ts?: string) => event("item_reviewed", { module_slug: "words", item_id: "a", rating: "good" }, ts);
const session = (end: "started" | "ended", ts?: string) =>
  event(`session_${end}`, { session_id: "s1", session_type: "module" }, ts);
const decided = (name: string, fields: Fields, ts?: string) => event(name, { reason: "because", ...fields }, ts);
const waived = (module_slug: string, more: Fields = {}, ts?: string) =>
  decided("module_waived", { module_slug, ...more }, ts);
const granted = (ts?: string) => decided("attempts_granted", { module_slug: "thrice", task_slug: "try", count: 1 }, ts);
/** An event that can be voided. */
const known = <Sent extends object>(sent: Sent) => ({ ...sent, eventId: "e-1" });
const voided = (more: Fields = {}, ts = LATER) => decided("event_voided", { event_id: "e-1", ...more }, ts);
const started = (fields: Fields, ts?: string) => event("module_started", { module_slug: "strings", ...fields }, ts);

/**
 * What one request costs, but for the look whether its learner is deleted: `expectedLooks` has that. A round trip is a
 * set of requests side by side; units are what the store itself counted.
 */
type Cost = {
  /** Of facts, decisions and flags. */
  writes: number;
  /** Of the history. */
  kept: number;
  queries: number;
  roundTrips: number;
  units: Record<"dynalite" | "DynamoDB Local", number>;
};
// dynalite does not count what an index costs; DynamoDB does: a write for an item that comes in, two for one that moves.
// Neither tells what a write costs whose condition does not hold: such a one is in the history already.
const cost = (writes: number, queries: number, roundTrips: number, dynalite: number, local: number): Cost => ({
  writes,
  kept: 0,
  queries,
  roundTrips,
  units: { dynalite, "DynamoDB Local": local },
});

const keeping = (kept: number, cost: Cost): Cost => ({ ...cost, kept });

/**
 * Whether the learner is deleted is asked after the last write. Beside a Query it takes no time; where something is
 * written after the Query, it is asked once more.
 */
function expectedLooks(own: readonly string[]): { looks: [string, number][]; roundTrips: number } {
  const firstQuery = own.indexOf("Query");
  const writesLast = firstQuery < 0 || own.slice(firstQuery).some((command) => command !== "Query");
  const look: [string, number] = ["GetItem", 1];
  return { looks: firstQuery >= 0 && writesLast ? [look, look] : [look], roundTrips: writesLast ? 1 : 0 };
}

type Row = [name: string, before: object[], sent: object[], cost: Cost];

describeStores("What an event costs", (open, kind) => {
  let opened: TestStore;
  let ingest: Ingest;
  let waves = 0;
  let roundTrips = 0;
  let finished = 0;

  beforeAll(() => {
    opened = open();
    const silent = () => {};
    ingest = createIngest({
      store: opened.store,
      catalog: fixedCatalog(CATALOG),
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    let inFlight = 0;
    opened.client.middlewareStack.add(
      (next) => async (args) => {
        if (inFlight++ === 0) waves++;
        // It waited for the longest chain of requests that has come to its end.
        const depth = finished + 1;
        roundTrips = Math.max(roundTrips, depth);
        return next(args).finally(() => {
          inFlight--;
          finished = Math.max(finished, depth);
        });
      },
      { step: "initialize", priority: "high" },
    );
  });

  const send = async (learner: string, events: object[]) => {
    const results = await ingest(events.map((one) => ({ contactIdentifier: { contactId: learner }, ...one })));
    return results.map(({ error }) => error?.code);
  };

  /** @param isLimited whether an attempt is counted, which takes a look before it */
  const measure = async (learner: string, events: object[], isLimited = false) => {
    opened.calls.length = 0;
    [waves, roundTrips, finished] = [0, 0, 0];
    const codes = await send(learner, events);
    const count = (table: string, ...commands: string[]) =>
      opened.calls.filter(({ command, input }) => input.TableName === table && commands.includes(command)).length;
    const writes = count(opened.tables.progress, "UpdateItem", "PutItem");
    const kept = count(opened.tables.records, "UpdateItem", "PutItem");
    const queries = count(opened.tables.progress, "Query") + count(opened.tables.records, "Query");
    const looks = opened.calls.filter(
      ({ command, input }) => command === "GetItem" && isIdentity((input.Key ?? {}) as object),
    );
    const own = opened.calls.filter((call) => !looks.includes(call));
    expect(own).toHaveLength(writes + kept + queries);
    const units = own.reduce((sum, call) => sum + call.units, 0);
    const expected = expectedLooks(own.map(({ command }) => command));
    if (isLimited) expected.looks.push(...expected.looks.slice(0, 1));
    if (isLimited) expected.roundTrips++;
    // One unit each, by one request for one item; of a batch each learner has its own.
    if (new Set(looks.map(({ input }) => JSON.stringify(input.Key))).size === 1)
      expect(looks.map((look) => [look.command, look.units])).toEqual(expected.looks);
    return { codes, writes, kept, queries, roundTrips: roundTrips - expected.roundTrips, units };
  };

  const costs = (rows: Row[], isLimited = false) =>
    it.each(rows)("%s", async (_, before, sent, { units, ...counts }) => {
      const learner = randomUUID();
      for (const one of before) await send(learner, [one]);
      expect(await measure(learner, sent, isLimited)).toEqual({
        codes: sent.map(() => undefined),
        ...counts,
        units: units[kind],
      });
    });

  describe("one write", () => {
    costs([
      ["recommended", [], [event("module_recommended", { module_slug: "strings" })], cost(1, 0, 1, 1, 1)],
      ["started", [], [started({})], cost(1, 0, 1, 1, 1)],
      ["started again", [started({})], [started({})], cost(1, 0, 1, 1, 1)],
      ["started again, later", [started({})], [started({}, "2026-01-18T11:00:00Z")], cost(1, 0, 1, 1, 1)],
      ["a module that the catalog does not know", [], [started({ module_slug: "new" })], cost(1, 0, 1, 1, 1)],
      ["page viewed", [], [event("page_viewed", { content_type: "module", slug: "strings" })], cost(1, 0, 1, 1, 1)],
    ]);
  });

  describe("one write per entity that is named, side by side", () => {
    costs([
      ["started in a course", [], [started({ course_slug: "ruby" })], cost(2, 0, 1, 2, 2)],
      [
        "started in a course and a pathway",
        [],
        [started({ course_slug: "git", pathway_slug: "tools" })],
        cost(3, 0, 1, 3, 3),
      ],
    ]);
  });

  describe("one more write for a time that is earlier than the stored one", () => {
    costs([
      ["started", [started({})], [started({}, "2026-01-18T09:00:00Z")], cost(2, 0, 2, 2, 2)],
      [
        "completed",
        [completed("strings")],
        [completed("strings", "2026-01-18T09:00:00Z")],
        keeping(1, cost(2, 1, 3, 4, 6)),
      ],
    ]);
  });

  describe("one write and one Query", () => {
    costs([
      ["completed", [], [completed("strings")], keeping(1, cost(1, 1, 2, 3, 4))],
      [
        "completed a second time, later",
        [completed("strings")],
        [completed("strings", "2026-01-18T11:00:00Z")],
        keeping(1, cost(1, 1, 2, 3, 3)),
      ],
      ["completed, of no course", [], [completed("new")], keeping(1, cost(1, 1, 2, 3, 4))],
      ["enrolled", [], [event("course_enrolled", { course_slug: "ruby" })], cost(1, 1, 2, 2, 2)],
    ]);
  });

  describe("one more round trip of writes for courses, and one for pathways", () => {
    costs([
      ["completing a course", [completed("strings")], [completed("arrays")], keeping(1, cost(2, 1, 3, 4, 6))],
      ["completing a course of one module", [], [completed("hello")], keeping(1, cost(2, 1, 3, 4, 6))],
      [
        "completing two courses and two pathways, side by side",
        [],
        [completed("commits")],
        keeping(1, cost(5, 1, 4, 7, 12)),
      ],
    ]);
  });

  describe("no flag where nothing changes", () => {
    costs([
      [
        "the event that completed a course",
        [completed("hello")],
        [completed("hello")],
        keeping(1, cost(1, 1, 2, 2, 2)),
      ],
      [
        "the event that completed two pathways",
        [completed("commits")],
        [completed("commits")],
        keeping(1, cost(1, 1, 2, 2, 2)),
      ],
      [
        "a claim of what is flagged and claimed",
        [completed("hello"), event("course_completed", { course_slug: "welcome" })],
        [event("course_completed", { course_slug: "welcome" })],
        keeping(1, cost(0, 1, 2, 1, 1)),
      ],
    ]);

    it("a claim that the facts do not bear out", async () => {
      const learner = randomUUID();
      await send(learner, [completed("strings")]);
      expect(await measure(learner, [event("course_completed", { course_slug: "ruby" })])).toEqual({
        codes: ["COMPLETION_NOT_REACHED"],
        writes: 0,
        kept: 1,
        queries: 1,
        roundTrips: 2,
        units: 2,
      });
    });

    it("an event that cannot be read costs nothing", async () => {
      expect(await measure(randomUUID(), [event("module_completed", { module_slug: "#" })])).toMatchObject({
        codes: ["SCHEMA_VALIDATION_FAILED"],
        writes: 0,
        kept: 0,
        queries: 0,
      });
    });
  });

  describe("one write for a step, and no read", () => {
    costs([
      ["progressed", [], [step("in")], cost(1, 0, 1, 1, 1)],
      ["progressed again", [step("in")], [step("in")], cost(1, 0, 1, 1, 1)],
      ["progressed again, later", [step("in")], [step("in", LATER)], cost(1, 0, 1, 1, 1)],
      ["progressed again, earlier", [step("in")], [step("in", EARLIER)], cost(1, 0, 1, 1, 1)],
      ["progressed by a step that the catalog does not know", [], [step("hold")], cost(1, 0, 1, 1, 1)],
      ["progressed in a module that is complete", [step("in"), step("out")], [step("in", LATER)], cost(1, 0, 1, 1, 1)],
    ]);
  });

  describe("one write for a result and one for the history, side by side, and no read", () => {
    costs([
      ["a task that is not passed", [], [task(50)], keeping(1, cost(1, 0, 1, 2, 2))],
      ["a task that is passed again", [task(80)], [task(90, LATER)], keeping(1, cost(1, 0, 1, 2, 2))],
      ["a task that the catalog does not know", [], [unknownTask], keeping(1, cost(1, 0, 1, 2, 2))],
      ["scores that are too low", [], [scored({ draft: 80 })], keeping(1, cost(1, 0, 1, 2, 2))],
    ]);
    costs([["an attempt of three, and a look before it", [], [limited(50)], keeping(1, cost(1, 0, 2, 2, 2))]], true);

    it("an attempt too many costs one write that fails, and a look for what was granted", async () => {
      const learner = randomUUID();
      for (const [index, ts] of [EARLIER, LATER, LATEST].entries()) await send(learner, [limited(index, ts)]);
      expect(await measure(learner, [limited(80)], true)).toMatchObject({
        codes: ["ATTEMPTS_EXHAUSTED"],
        writes: 1,
        kept: 0,
        queries: 1,
        roundTrips: 2,
      });
    });
  });

  describe("one Query and one flag more where a module is completed, and then as for a module", () => {
    costs([
      ["its last step", [step("in")], [step("out")], cost(4, 1, 5, 5, 8)],
      ["the last step sent again", [step("in"), step("out", LATER)], [step("out", LATER)], cost(1, 1, 2, 2, 2)],
      ["its task", [], [task(75)], keeping(1, cost(3, 1, 4, 5, 7))],
      ["its scores", [], [scored({ draft: 50, final: 50 })], keeping(1, cost(3, 1, 4, 5, 7))],
    ]);
    costs([["an attempt of three, of no course", [], [limited(75)], keeping(1, cost(2, 1, 4, 4, 5))]], true);
  });

  describe("a claim of a module with conditions: one Query, and what is kept of it before its flag", () => {
    costs([
      [
        "that is complete already: its flag, and a second look",
        [task(80)],
        [completed("quiz", AT_ONCE)],
        keeping(1, cost(2, 2, 5, 5, 9)),
      ],
      [
        "that is claimed already",
        [task(80), completed("quiz", AT_ONCE)],
        [completed("quiz", AT_ONCE)],
        keeping(1, cost(0, 1, 2, 1, 1)),
      ],
    ]);

    it("that is not complete costs one Query, and what is kept of it", async () => {
      const learner = randomUUID();
      await send(learner, [task(50)]);
      expect(await measure(learner, [completed("quiz")])).toEqual({
        codes: ["COMPLETION_NOT_REACHED"],
        writes: 0,
        kept: 1,
        queries: 1,
        roundTrips: 2,
        units: 2,
      });
    });
  });

  describe("sessions and reviews: one write each, of the history", () => {
    costs([
      ["a session starts", [], [session("started")], keeping(1, cost(0, 0, 1, 1, 1))],
      ["a session ends", [session("started")], [session("ended", LATER)], keeping(1, cost(0, 0, 1, 1, 1))],
      ["a session ends that never started", [], [session("ended")], keeping(1, cost(0, 0, 1, 1, 1))],
      [
        "a session starts again, later",
        [session("started")],
        [session("started", LATER)],
        keeping(1, cost(0, 0, 1, 1, 1)),
      ],
      [
        "a session started earlier",
        [session("started")],
        [session("started", EARLIER)],
        keeping(2, cost(0, 0, 2, 2, 2)),
      ],
      ["a session ends again", [session("ended")], [session("ended", LATER)], keeping(1, cost(0, 0, 1, 0, 0))],
      ["a review", [], [reviewed()], keeping(1, cost(0, 0, 1, 1, 1))],
      ["a second review", [reviewed()], [reviewed(LATER)], keeping(1, cost(0, 0, 1, 1, 1))],
    ]);
  });

  describe("what a completion leaves, side by side: a session, and a card for each item", () => {
    costs([
      [
        "completed after a start",
        [event("module_started", { module_slug: "new" }, EARLIER)],
        [completed("new")],
        keeping(2, cost(1, 1, 3, 4, 5)),
      ],
      [
        "completed before its start",
        [started({ module_slug: "new" }, LATER)],
        [completed("new")],
        keeping(1, cost(1, 1, 2, 3, 4)),
      ],
      [
        "a start that comes late",
        [completed("new")],
        [started({ module_slug: "new" }, EARLIER)],
        keeping(1, cost(1, 0, 2, 2, 2)),
      ],
      ["completed, with three items", [], [completed("words")], keeping(4, cost(1, 1, 3, 6, 7))],
      [
        "completed again, with three items",
        [completed("words")],
        [completed("words")],
        keeping(4, cost(1, 1, 3, 2, 2)),
      ],
    ]);
  });

  describe("a decision: its write, a note at all that it concerns between two Queries; a look at its trail, and the flags", () => {
    costs([
      ["a waiver that completes its module alone", [], [waived("strings")], keeping(2, cost(4, 3, 8, 9, 10))],
      ["a waiver that completes a course", [], [waived("hello")], keeping(2, cost(5, 3, 9, 10, 12))],
      ["that waiver sent again", [waived("hello")], [waived("hello")], keeping(1, cost(3, 2, 5, 4, 4))],
      [
        "its withdrawal, and a look after flags are cleared",
        [waived("hello")],
        [waived("hello", { withdrawn: true }, LATER)],
        keeping(2, cost(5, 4, 10, 11, 13)),
      ],
      [
        "a waiver of a course",
        [],
        [decided("course_waived", { course_slug: "welcome" })],
        keeping(2, cost(3, 3, 8, 8, 9)),
      ],
      ["the void of a mark", [known(completed("strings"))], [voided()], keeping(2, cost(5, 4, 10, 11, 12))],
      [
        "the void of a mark that completed a course",
        [known(completed("hello"))],
        [voided()],
        keeping(2, cost(6, 4, 11, 12, 14)),
      ],
      [
        "the withdrawal of that void",
        [known(completed("hello")), voided()],
        [voided({ withdrawn: true }, LATEST)],
        keeping(2, cost(5, 3, 9, 10, 12)),
      ],
      [
        "the reset of a course",
        [completed("hello")],
        [decided("course_reset", { course_slug: "welcome" }, LATER)],
        keeping(2, cost(4, 4, 9, 10, 11)),
      ],
      [
        "the reset of a pathway, whose flag is read twice before it is cleared",
        [completed("commits")],
        [decided("pathway_reset", { pathway_slug: "tools" }, LATER)],
        keeping(2, cost(5, 5, 10, 12, 13)),
      ],
    ]);
  });

  describe("three Queries more for a void of which no fact is stored", () => {
    costs([
      ["of what is not there", [], [voided()], keeping(1, cost(2, 5, 8, 7, 7))],
      ["of a session", [known(session("started"))], [voided()], keeping(1, cost(2, 5, 8, 7, 7))],
    ]);
  });

  describe("granted attempts: one write, and where they are used a Query and a write more", () => {
    costs([
      ["the grant", [], [granted()], keeping(1, cost(1, 0, 2, 2, 2))],
      ["the grant sent again", [granted()], [granted()], keeping(1, cost(1, 0, 2, 0, 0))],
    ]);
    costs(
      [
        [
          "an attempt that was granted",
          [limited(1, EARLIER), limited(2, LATER), limited(3, LATEST), granted()],
          [limited(50)],
          keeping(1, cost(2, 1, 4, 3, 3)),
        ],
      ],
      true,
    );
  });

  describe("no more for an event of a learner about whom something was decided", () => {
    costs([
      ["started", [waived("arrays"), voided()], [started({})], cost(1, 0, 1, 1, 1)],
      ["completed", [voided(), granted()], [completed("strings")], keeping(1, cost(1, 1, 2, 3, 4))],
      ["completing a course", [waived("strings")], [completed("arrays")], keeping(1, cost(2, 1, 3, 4, 6))],
    ]);
  });

  describe("a flag and a second look for the event that is void, since its fact is listed anew", () => {
    costs([
      [
        "sent again",
        [known(completed("hello")), voided()],
        [known(completed("hello"))],
        keeping(1, cost(2, 2, 4, 4, 6)),
      ],
    ]);
  });

  describe("a flag, and a look after it has moved, for the next term of a course that expires", () => {
    costs([
      [
        "completed again, in a later term",
        [completed("drill", "2024-01-18T10:00:00Z")],
        [completed("drill")],
        keeping(1, cost(2, 2, 4, 5, 7)),
      ],
      [
        "a task that is passed again, in a later term",
        [test(80, "2024-01-18T10:00:00Z")],
        [test(80)],
        keeping(1, cost(2, 2, 4, 5, 7)),
      ],
      ["a task that is passed again, in its term", [test(80)], [test(90, LATER)], keeping(1, cost(1, 1, 2, 3, 3))],
    ]);
  });

  describe("one Query before, where order is enforced", () => {
    costs([
      ["started when it is open", [completed("key")], [started({ module_slug: "locked" }, LATER)], cost(1, 1, 2, 2, 2)],
    ]);

    it("started while it is locked", async () => {
      expect(await measure(randomUUID(), [started({ module_slug: "locked" })])).toEqual({
        codes: ["MODULE_LOCKED"],
        writes: 0,
        kept: 0,
        queries: 1,
        roundTrips: 1,
        units: 0,
      });
    });

    it("completed while it is locked: what is kept of it, and a look whether it was taken before", async () => {
      expect(await measure(randomUUID(), [completed("locked")])).toMatchObject({
        codes: ["MODULE_LOCKED"],
        writes: 0,
        kept: 1,
        queries: 2,
      });
    });
  });

  describe("a batch of one learner: one write per entity, side by side, and one Query", () => {
    const modules = Array.from({ length: 20 }, (_, index) => `m${index}`);
    costs([
      ["20 starts", [], modules.map((module_slug) => started({ module_slug })), cost(20, 0, 1, 20, 20)],
      // Twice as many writes, of which no more than 32 are under way at once.
      ["15 completions", [], modules.slice(5).map((slug) => completed(slug)), keeping(15, cost(15, 1, 2, 31, 46))],
      [
        "one module, 20 times",
        [],
        modules.map((_, minute) => completed("strings", `2026-01-18T10:${minute + 10}:00Z`)),
        keeping(20, cost(1, 1, 2, 23, 24)),
      ],
      [
        "start and completion of both modules of a course",
        [],
        ["strings", "arrays"].flatMap((module_slug) => [
          started({ module_slug }, "2026-01-18T09:00:00Z"),
          completed(module_slug),
        ]),
        // An attempt and a session of each.
        keeping(4, cost(3, 1, 4, 8, 11)),
      ],
      [
        "the same batch again",
        [completed("strings"), completed("arrays")],
        [completed("strings"), completed("arrays")],
        keeping(2, cost(2, 1, 2, 3, 3)),
      ],
    ]);
  });

  it("a batch of several learners: as many Queries as learners, side by side", async () => {
    const learners = Array.from({ length: 5 }, () => randomUUID());
    const sent = learners.map((contactId) => ({ ...completed("strings"), contactIdentifier: { contactId } }));
    expect(await measure("nobody", sent)).toMatchObject({ writes: 5, kept: 5, queries: 5 });
    expect(waves).toBeLessThanOrEqual(2);
  });

  describe("ids that are linked: a Query and a look for each id", () => {
    const link = (alias: string) =>
      event("identity_linked", { alias: { contactId: alias }, reason: "The same person" });
    const counted = async (learner: string, sent: object) => {
      opened.calls.length = 0;
      expect(await send(learner, [sent])).toEqual([undefined]);
      const looks = opened.calls.filter(
        ({ command, input }) => command === "GetItem" && isIdentity((input.Key ?? {}) as object),
      );
      const of = (table: string, ...commands: string[]) =>
        opened.calls.filter(
          (call) => call.input.TableName === table && commands.includes(call.command) && !looks.includes(call),
        ).length;
      return {
        writes: of(opened.tables.progress, "UpdateItem", "PutItem"),
        kept: of(opened.tables.records, "PutItem", "UpdateItem"),
        queries: of(opened.tables.progress, "Query"),
        items: of(opened.tables.progress, "GetItem"),
        looks: looks.length,
      };
    };

    it("the link itself, and events under either id", async () => {
      const [alias, learner] = [randomUUID(), randomUUID()];
      await send(alias, [completed("strings")]);
      expect(await counted(learner, link(alias))).toEqual({ writes: 6, kept: 2, queries: 5, items: 0, looks: 7 });
      // The first of an id finds out that it is linked, and does its work once more: a start, and a session of the module.
      expect(await counted(alias, started({}))).toEqual({ writes: 2, kept: 2, queries: 0, items: 1, looks: 4 });
      // The process remembers it. Two courses and two pathways are flagged, and one course.
      const flags = { writes: 1 + 4, kept: 1, queries: 2, items: 1, looks: 4 };
      expect(await counted(alias, completed("commits"))).toEqual(flags);
      expect(await counted(learner, completed("arrays"))).toEqual({ ...flags, writes: 1 + 1 });
    });
  });
});
