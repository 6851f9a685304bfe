import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import { createIngest, createIngestByLearner } from "../../../src/service/ingest/ingest.ts";
import { readReviews } from "../../../src/service/read/read-records.ts";
import type { Store } from "../../../src/store/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at, plus } from "../../support/builders/times.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { describeEachStore } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS } from "../../support/vitest/runs.ts";

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings"] },
  "modules/exam/completion.json": {
    completion_tasks: [{ task_slug: "quiz", task_type: "quiz", passing_score: 75, max_attempts: 1 }],
  },
  "modules/exam/quiz.json": {
    questions: [{ id: "q1", type: "single", options: ["a", "b", "c", "d"], correct_answer: "d" }],
  },
  "modules/steps/completion.json": { steps: ["read", "write"] },
  "modules/lab/completion.json": { completion_tasks: [{ task_slug: "lab", task_type: "lab_attestation" }] },
  "modules/weighed/completion.json": { score: { passing_score: 60, weights: { quiz: 1 } } },
  "modules/words/completion.json": { review_items: [{ id: "hola", front: "hola", back: "hello" }] },
});

const log = { debug() {}, info() {}, warn() {}, error() {} };
const NOON = at("12:00");

/** Takes events at a moment that a test moves. */
function clocked(store: Store) {
  const clock = { now: NOON };
  const dependencies = { store, catalog: fixedCatalog(CATALOG), log, now: () => Date.parse(clock.now) };
  return { clock, ingest: createIngest(dependencies), ingestByLearner: createIngestByLearner(dependencies) };
}

const named = (name: string, fields: object, eventId?: string) => ({
  eventName: `learning_${name}`,
  ...(eventId !== undefined && { eventId }),
  payload: fields,
});
const answered = (answer: string, eventId?: string, ts: string | undefined = at("10:00")) =>
  named("task_submitted", { module_slug: "exam", task_slug: "quiz", answers: { q1: answer }, ts }, eventId);
const reviewed = (ts: string | undefined, eventId?: string) =>
  named("item_reviewed", { module_slug: "words", item_id: "hola", rating: "good", ts }, eventId);
const completed = (ts: string | undefined, eventId?: string) =>
  named("module_completed", { module_slug: "strings", completion_data: { mood: 3 }, ts }, eventId);
const ended = (ts: string | undefined, eventId?: string) =>
  named("session_ended", { session_id: "s1", session_type: "module", items_studied: 4, ts }, eventId);

const stepped = (step: string, ts: string | undefined, eventId?: string) =>
  named("module_progressed", { module_slug: "steps", step, ts }, eventId);
const submitted = (module: string, result: object, ts: string | undefined, eventId?: string) =>
  named("task_submitted", { module_slug: module, ...result, ts }, eventId);
const scored = (ts: string | undefined, eventId?: string) =>
  named("module_scored", { module_slug: "weighed", scores: { quiz: 70 }, ts }, eventId);
const started = (ts: string | undefined, eventId?: string) =>
  named("module_started", { module_slug: "strings", course_slug: "ruby", ts }, eventId);
const sessionStarted = (ts: string | undefined, eventId?: string) =>
  named("session_started", { session_id: "s1", session_type: "module", ts }, eventId);
const claimed = (ts: string | undefined, eventId?: string) =>
  named("course_completed", { course_slug: "ruby", ts }, eventId);

const codesOf = (results: readonly EventResult[]) => results.map(({ error }) => error?.code ?? "accepted");

async function storedOf(store: Store, learner: string) {
  const [{ progress }, { attempts }, sessions, { reviews }] = await Promise.all([
    store.read(learner),
    store.attempts(learner, { limit: 100 }),
    store.sessions(learner),
    readReviews({ store, catalog: CATALOG }, learner, undefined, { limit: 100 }),
  ]);
  return { progress, attempts, sessions, reviews };
}

describeEachStore("an event", (open) => {
  const newLearner = () => ({ learnerId: `learner-${randomUUID()}` });

  it.each([
    ["singly", false],
    ["in one batch", true],
  ])("is another one with other content, %s, though it has the same id: so one attempt is one", async (_, isBatch) => {
    const { store } = open();
    const { ingest } = clocked(store);
    const sender = newLearner();
    const events = ["a", "b", "c", "d"].map((answer, index) => answered(answer, "one", at(`10:0${index}`)));
    const results: EventResult[] = [];
    if (isBatch) results.push(...(await ingest(events, sender)));
    else for (const event of events) results.push(...(await ingest([event], sender)));
    const exhausted = "ATTEMPTS_EXHAUSTED";
    expect(codesOf(results)).toEqual(["accepted", exhausted, exhausted, exhausted]);
    const { attempts, progress } = await storedOf(store, sender.learnerId);
    expect(attempts).toHaveLength(1);
    expect(progress.module.get("exam")?.flag).toBeUndefined();
  });

  it("that reuses an id is kept beside the other: completions, reviews and ends", async () => {
    const { store } = open();
    const { ingest } = clocked(store);
    const sender = newLearner();
    const first = [completed(at("10:00"), "one"), reviewed(at("10:00"), "one"), ended(at("10:00"), "one")];
    const others = [completed(at("10:01"), "one"), reviewed(at("10:01"), "one"), ended(at("10:01"), "one")];
    const results = [...(await ingest(first, sender)), ...(await ingest(others, sender))];
    const told = results.map((result) => (result.error ? [] : result.outcome.flagged.map((one) => one.newlyCompleted)));
    expect([told[0], told[3]]).toEqual([[true], [false]]);
    const warnings = results[5]?.error ? [] : results[5]?.outcome.warnings.map(({ code }) => code);
    expect(warnings).toEqual(["SESSION_ALREADY_ENDED"]);
    const { attempts, reviews, sessions } = await storedOf(store, sender.learnerId);
    expect(attempts.map(({ eventId }) => eventId)).toEqual(["one", "one"]);
    expect(reviews).toMatchObject([{ reviewCount: 2 }]);
    expect(sessions).toMatchObject([{ sessionId: "s1", endedAt: at("10:00") }]);
  });

  it.each([
    ["an hour ahead", at("13:00"), undefined],
    ["an hour ahead, with an id", at("13:00"), "one"],
    ["in 1970", "1970-01-01T00:00:00Z", undefined],
    ["in the year 1, with an id", "0001-01-01T00:00:00Z", "one"],
    ["missing, with an id", undefined, "one"],
  ])(
    "happened when it was first received where its ts is %s, however often and by whatever way it comes",
    async (_, ts, eventId) => {
      const { store } = open();
      const { clock, ingest, ingestByLearner } = clocked(store);
      const sender = newLearner();
      const events = [completed(ts, eventId), reviewed(ts, eventId), ended(ts, eventId)];
      const [first] = await ingest(events.slice(0, 1), sender);
      clock.now = plus(NOON, 1_000);
      await ingest([...events, ...events], sender);
      const before = await storedOf(store, sender.learnerId);
      clock.now = plus(NOON, 60_000);
      for (const event of events) await ingest([event], sender);
      const own = { ...(events[0] as object), contactIdentifier: { contactId: sender.learnerId } };
      const queued = await ingestByLearner([own], undefined, [plus(NOON, 30_000)]);

      const after = await storedOf(store, sender.learnerId);
      // A server that repeats a mark vouches for it, which says more than the learner's own browser did, at the same time.
      const ownMarks = after.progress.module.get("strings")?.facts.marks?.filter((mark) => mark.own);
      expect(after.progress.module.get("strings")?.facts.marks?.map((mark) => mark.at)).toEqual([NOON, NOON]);
      const early = before.progress.module.get("strings")?.facts.early;
      after.progress.module.set("strings", {
        facts: { ...after.progress.module.get("strings")?.facts, marks: ownMarks ?? [], ...(early && { early }) },
      });
      expect(after).toEqual(before);
      expect(after.progress.module.get("strings")?.facts.completedAt).toBe(NOON);
      expect(after.attempts).toMatchObject([{ occurredAt: NOON, completionData: { mood: 3 } }]);
      expect(after.reviews).toMatchObject([{ reviewCount: 1, lastReviewedAt: plus(NOON, 1_000) }]);
      expect(after.sessions).toMatchObject([{ endedAt: plus(NOON, 1_000) }]);
      expect(queued[0]).toMatchObject({ identity: first?.identity, outcome: { flagged: [{ newlyCompleted: true }] } });
    },
  );

  /** What anybody can see of a learner. */
  async function seenOf(store: Store, learner: string) {
    const stored = await storedOf(store, learner);
    const modules = [...stored.progress.module].map(
      ([
        slug,
        {
          facts: { early: _, ...facts },
          flag,
        },
      ]) => [slug, { facts, completedAt: flag?.completedAt }],
    );
    const holders = [...stored.progress.course].map(([slug, { facts, flag }]) => [slug, facts, flag?.completedAt]);
    return { ...stored, progress: { modules, holders } };
  }
  const AHEAD = at("14:00");
  const KINDS: [string, (ts: string | undefined, id?: string) => object][] = [
    ["completion", completed],
    ["start", started],
    ["step", (ts, id) => stepped("read", ts, id)],
    ["attempt with answers", (ts, id) => answered("d", id, ts)],
    ["attestation", (ts, id) => submitted("lab", { task_slug: "lab", attested: true }, ts, id)],
    ["score", scored],
    ["review", reviewed],
    ["start of a session", sessionStarted],
    ["end of a session", ended],
    ["claim that is refused", claimed],
  ];

  it.each(KINDS)(
    "whose ts lay ahead adds nothing when it comes again and its ts is credible, whichever comes first: a %s",
    async (_, make) => {
      const { store } = open();
      const { clock, ingest, ingestByLearner } = clocked(store);
      const [sender, other] = [newLearner(), newLearner()];
      const event = make(AHEAD, "one");
      // Another step lies between, so that what was done last would be another.
      const between = [
        stepped("write", at("13:00")),
        submitted("lab", { task_slug: "lab", attested: true }, at("13:00")),
      ];
      await ingest([event], sender);
      await ingest([event, event], sender);
      clock.now = at("13:30");
      await ingest(between, sender);
      const before = await seenOf(store, sender.learnerId);
      clock.now = at("15:00");
      await ingest([event], sender);
      await ingest([event, event], sender);
      expect(await seenOf(store, sender.learnerId)).toEqual(before);

      // The one that was received first has waited in a queue.
      await ingest([...between, event], other);
      const own = { ...event, contactIdentifier: { contactId: other.learnerId } };
      await ingestByLearner([own], undefined, [NOON]);
      const after = await seenOf(store, other.learnerId);
      expect(after.attempts.length).toBe(before.attempts.length);
      expect(after.reviews.map((one) => [one.reviewCount, one.lastReviewedAt])).toEqual(
        before.reviews.map((one) => [one.reviewCount, one.lastReviewedAt]),
      );
    },
  );

  it("whose ts lay ahead, and which was refused as a claim, is kept once when it is accepted at its own time", async () => {
    const { store } = open();
    const { clock, ingest } = clocked(store);
    const sender = newLearner();
    const claim = claimed(AHEAD, "one");
    expect(codesOf(await ingest([claim], sender))).toEqual(["COMPLETION_NOT_REACHED"]);
    clock.now = at("15:00");
    expect(codesOf(await ingest([claim], sender))).toEqual(["COMPLETION_NOT_REACHED"]);
    await ingest([completed(at("14:01"))], sender);
    expect(codesOf(await ingest([claim, claim], sender))).toEqual(["accepted", "accepted"]);
    const claims = await store.attempts(sender.learnerId, { limit: 10, kind: "claim" });
    expect(claims.attempts).toMatchObject([{ eventId: "one", occurredAt: AHEAD }]);
    expect(claims.attempts[0]).not.toHaveProperty("refused");
  });

  it("whose ts lay ahead takes no place on a page of the history, and goes with its learner", async () => {
    const { store } = open();
    const { clock, ingest } = clocked(store);
    const sender = newLearner();
    for (const minute of ["00", "01", "02"]) {
      clock.now = at(`12:${minute}`);
      await ingest([completed("2040-01-01T00:00:00Z", `id-${minute}`)], sender);
    }
    const first = await store.attempts(sender.learnerId, { limit: 2 });
    const second = await store.attempts(sender.learnerId, { limit: 2, after: first.next });
    expect([...first.attempts, ...second.attempts].map(({ eventId }) => eventId)).toEqual(["id-02", "id-01", "id-00"]);
    expect(second.next).toBeUndefined();
    const data = [];
    for await (const page of store.completionData("strings", { since: at("12:00"), until: at("12:03") }))
      data.push(...page);
    expect(data.length).toBeGreaterThanOrEqual(3);
    await deleteLearner(store, sender.learnerId);
    expect(await store.someKeys(sender.learnerId, "records")).toEqual([]);
  });

  it("without ts and without an id is new each time it comes", async () => {
    const { store } = open();
    const { clock, ingest } = clocked(store);
    const sender = newLearner();
    for (const seconds of [0, 1, 2]) {
      clock.now = plus(NOON, seconds * 1_000);
      await ingest([completed(undefined), reviewed(undefined)], sender);
    }
    const { attempts, reviews } = await storedOf(store, sender.learnerId);
    expect(attempts).toHaveLength(3);
    expect(reviews).toMatchObject([{ reviewCount: 3 }]);
  });

  it("that was kept under its id before events had an identity is still read, page by page", async () => {
    const { store } = open();
    const { learnerId } = newLearner();
    for (const name of ["old-1", "old-2"])
      await store.addAttempt(learnerId, {
        eventId: name,
        identity: name,
        occurredAt: NOON,
        moduleSlug: "strings",
        kind: "completion",
      });
    const first = await store.attempts(learnerId, { limit: 1 });
    const second = await store.attempts(learnerId, { limit: 1, after: first.next });
    expect([...first.attempts, ...second.attempts].map(({ identity }) => identity)).toEqual(["old-2", "old-1"]);
  });
});

describe("the same events", () => {
  const open = sqliteStore();
  const ID = fc.constantFrom(undefined, "one", "two");
  const TS = fc.constantFrom(
    undefined,
    at("10:00"),
    at("11:00"),
    at("13:30"),
    "2040-01-01T00:00:00.000Z",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
  );
  const drawn = fc.oneof(
    fc.tuple(fc.constantFrom("a", "b", "d"), ID, TS).map(([answer, id, ts]) => answered(answer, id, ts)),
    fc.tuple(fc.constantFrom("read", "write"), ID, TS).map(([step, id, ts]) => stepped(step, ts, id)),
    ...[completed, reviewed, ended, scored, started, sessionStarted].map((make) =>
      fc.tuple(TS, ID).map(([ts, id]) => make(ts, id)),
    ),
  );
  /** Which events of those that there are come, in the order in which they do, and so many of them in one batch. */
  const arrivals = fc.array(fc.record({ index: fc.nat({ max: 7 }), isAlone: fc.boolean(), isLater: fc.boolean() }), {
    maxLength: 16,
  });

  it("add nothing when they are sent again, whatever their ids and times, and in whatever batches", async () => {
    const property = fc.asyncProperty(
      fc.array(drawn, { minLength: 1, maxLength: 8 }),
      arrivals,
      async (events, again) => {
        const { store } = open();
        const { clock, ingest } = clocked(store);
        const sender = { learnerId: `learner-${randomUUID()}` };
        for (const event of events) await ingest([event], sender);
        const before = await storedOf(store, sender.learnerId);

        const batch: object[] = [];
        for (const { index, isAlone, isLater } of again) {
          const event = events[index % events.length] as (typeof events)[number];
          // Without a time and without an id it would be another one, at another time.
          if (event.eventId === undefined && (event.payload as { ts?: string }).ts === undefined) continue;
          batch.push(event);
          // Hours later a time that lay ahead is credible.
          clock.now = plus(clock.now, isLater ? 7_200_000 : 1_000);
          if (isAlone) await ingest(batch.splice(0), sender);
        }
        await ingest(batch, sender);
        expect(await storedOf(store, sender.learnerId)).toEqual(before);
      },
    );
    await holds(property, RUNS.sqlite.history);
  });
});
