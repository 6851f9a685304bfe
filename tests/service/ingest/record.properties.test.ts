import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { resultJson } from "../../../src/api/wire.ts";
import type { Catalog } from "../../../src/catalog/catalog.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import { readProgress } from "../../../src/service/read/read.ts";
import { readReviews } from "../../../src/service/read/read-records.ts";
import type { Store } from "../../../src/store/store.ts";
import { forgetCalls } from "../../store/raw-items.ts";
import { anyDelivery, batchesOf, NOW, ofRun } from "../../support/builders/arbitraries.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { ingestUnder } from "../../support/builders/ingest.ts";
import { anyRecord, type RecordCase } from "../../support/builders/record-arbitraries.ts";
import type { SentEvent } from "../../support/oracles/oracle.ts";
import {
  asList,
  attemptsIn,
  expectedAttempts,
  expectedRecord,
  expectedSchedules,
  expectedSessions,
  filesOf,
  type ModuleContent,
  type RecordContent,
  type Statement,
  scheduleIn,
  statedIn,
  storedRecord,
  type Taken,
  takenOf,
} from "../../support/oracles/record-oracle.ts";
import { describePropertyStores, type StoreUnderTest } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";

let opened: StoreUnderTest[];

const storeAt = (index: number): Store => (opened[index] as StoreUnderTest).store;

/** Events of learners whom no other run of a property has. */
function ofNewRun(events: readonly SentEvent[]): SentEvent[] {
  opened.forEach(forgetCalls);
  const run = randomUUID().slice(0, 8);
  return events.map((event) => ofRun(run, event));
}

const statedOf = (content: RecordContent) => (event: SentEvent) => statedIn(content, event, toTimestamp(NOW));

/** The order in which a batch is applied; a sort keeps what came first first. */
const inOrderOfTime = (content: RecordContent, batch: readonly SentEvent[]) =>
  batch
    .map((event, index) => ({ event, index, at: statedOf(content)(event).at }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));

const ALL = { limit: 10_000 };

/** All that history has of a learner. */
async function historyOf(store: Store, learner: string) {
  const [{ attempts }, sessions, cards] = await Promise.all([
    store.attempts(learner, ALL),
    store.sessions(learner),
    store.cards(learner),
  ]);
  return { attempts, sessions, cards };
}

/** How far a learner is, in numbers that never fall: percentages of modules, entries of courses and pathways. */
async function advanceOf(store: Store, catalog: Catalog, learner: string): Promise<Record<string, number>> {
  const { modules, courses, pathways } = await readProgress(store, catalog, learner);
  return Object.fromEntries([
    ...modules.map(({ slug, progressPercentage = 0 }) => [`module/${slug}`, progressPercentage]),
    ...modules.map(({ slug, cumulativeScore = 0 }) => [`score/${slug}`, cumulativeScore]),
    ...modules.map(({ slug, status }) => [`complete/${slug}`, status === "completed" ? 1 : 0]),
    ...[...courses, ...pathways].flatMap(({ entity: { type, slug }, progress, state }) => [
      [`${type}/${slug}`, progress.completed],
      [`flag/${type}/${slug}`, state.flag ? 1 : 0],
    ]),
  ]);
}

function expectNoFall(before: Record<string, number>, after: Record<string, number>): void {
  for (const [name, number] of Object.entries(before))
    expect({ name, isAtLeast: (after[name] ?? -1) >= number }).toEqual({ name, isAtLeast: true });
}

async function expectRecord(store: Store, content: RecordContent, learner: string, taken: readonly Taken[]) {
  const catalog = catalogOf(filesOf(content));
  const expected = expectedRecord(
    content,
    taken.map(({ statement }) => statement),
  );
  const { facts, flags } = storedRecord(await store.read(learner));
  expect({ facts, flags }).toEqual({ facts: expected.facts, flags: expected.flags });

  const { modules } = await readProgress(store, catalog, learner);
  for (const { slug, completedAt, progressPercentage, cumulativeScore, currentStep } of modules) {
    const { percentage, flag: _, ...module } = expected.modules[slug] ?? { currentStep: null };
    expect({ slug, completedAt, percentage: progressPercentage, cumulativeScore, currentStep }).toEqual({
      slug,
      completedAt: undefined,
      percentage,
      cumulativeScore: undefined,
      ...module,
    });
  }

  const { attempts, sessions, cards } = await historyOf(store, learner);
  expect(asList(attemptsIn(attempts))).toEqual(expectedAttempts(taken));
  const own = sessions
    .filter(({ sessionId }) => !sessionId.startsWith("module "))
    // When it was received is not what the events say.
    .map(({ receivedAt: _, ...session }) => session);
  expect(Object.fromEntries(own.map((session) => [session.sessionId, session]))).toEqual(
    expectedSessions(taken, ([end]) => end),
  );

  const { reviews } = await readReviews({ store, catalog }, learner, undefined, ALL);
  expect(scheduleIn(cards)).toEqual(expectedSchedules(taken));

  // Whatever the order, every module that is complete has its cards, and a session where it had been started.
  for (const [slug, { completedAt }] of Object.entries(expected.modules)) {
    const { review_items = [] } = content.modules.find((module) => module.slug === slug) ?? ({} as ModuleContent);
    const made = cards.filter(({ moduleSlug, createdAt }) => moduleSlug === slug && createdAt !== undefined);
    expect(made.map(({ itemId }) => itemId).sort()).toEqual(
      completedAt === undefined ? [] : review_items.map(({ id }) => id).sort(),
    );
    for (const { itemId, createdAt = "" } of made) {
      expect(createdAt >= String(completedAt)).toBe(true);
      const unreviewed = reviews.find(
        (card) => card.moduleSlug === slug && card.itemId === itemId && card.reviewCount === 0,
      );
      if (unreviewed) expect(Date.parse(unreviewed.dueAt) - Date.parse(createdAt)).toBe(24 * 3_600_000);
    }
    const { startedAt } = (facts[`module/${slug}`] ?? {}) as { startedAt?: string };
    const recorded = sessions.filter(({ sessionId }) => sessionId === `module ${slug}`);
    expect(recorded.length).toBeLessThanOrEqual(1);
    if (completedAt === undefined || startedAt === undefined) expect(recorded).toEqual([]);
    else if (startedAt <= completedAt) expect(recorded).toHaveLength(1);
  }
}

/** A store that gets a learner's writes in an order of the schedule's, wherever they are under way at once. */
function shuffled(store: Store, scheduler: fc.Scheduler): Store {
  return Object.fromEntries(
    (Object.entries(store) as [string, (...given: unknown[]) => Promise<unknown>][]).map(([name, method]) => [
      name,
      // `scheduleFunction` would call it at once, and only hold its answer back.
      (...given: unknown[]) => scheduler.schedule(Promise.resolve(), name).then(() => method(...given)),
    ]),
  ) as unknown as Store;
}

/** Few batches, and so large ones. */
const inLargeBatches = fc
  .record({ delivery: anyDelivery(14), cuts: fc.array(fc.constantFrom(false, false, false, true), { maxLength: 28 }) })
  .map(({ delivery: { places }, cuts }) => ({
    places,
    cuts: Array.from({ length: 28 }, (_, index) => cuts[index] ?? false),
  }));

describePropertyStores("The record of a learner", ({ newStore, runs }) => {
  // Two stores, so that one learner can live two lives.
  const stores = [newStore(), newStore()];
  beforeAll(() => {
    opened = stores.map((open) => open());
  });

  it("comes to the same record in any order, any number of times, and in any batches", async () => {
    const store = storeAt(0);
    const property = fc.asyncProperty(
      anyRecord({ learners: 2, maxLength: 16 }),
      anyDelivery(16),
      async ({ content, events: history }: RecordCase, delivery) => {
        const catalog = catalogOf(filesOf(content));
        const ingest = ingestUnder(store, catalog);
        const events = ofNewRun(history);
        const advance = new Map<string, Record<string, number>>();
        const answered: { statement: Statement; answer: EventResult }[] = [];

        for (const batch of batchesOf(events, delivery)) {
          for (const [index, answer] of (await ingest(batch)).entries()) {
            if (answer.error) throw answer.error;
            answered.push({ statement: statedOf(content)(batch[index] as SentEvent), answer });
          }
          for (const learner of new Set(answered.map(({ statement }) => statement.learner))) {
            const now = await advanceOf(store, catalog, learner);
            expectNoFall(advance.get(learner) ?? {}, now);
            advance.set(learner, now);
          }
        }
        for (const learner of advance.keys())
          await expectRecord(
            store,
            content,
            learner,
            takenOf(answered.filter(({ statement }) => statement.learner === learner)),
          );
      },
    );
    await holds(property, runs.history);
  });

  it("answers a batch as its events sent one by one in order of time, and leaves the same", async () => {
    const [batched, single] = [storeAt(0), storeAt(1)];
    const cases = anyRecord({ modules: 3, claims: 4, limits: true, order: "enforced", manyEnds: true, maxLength: 14 });
    const property = fc.asyncProperty(
      cases,
      inLargeBatches,
      fc.scheduler(),
      async ({ content, events: history }: RecordCase, delivery, scheduler) => {
        const catalog = catalogOf(filesOf(content));
        const [ingestBatch, ingestOne] = [
          ingestUnder(shuffled(batched, scheduler), catalog),
          ingestUnder(single, catalog),
        ];
        const events = ofNewRun(history);

        for (const batch of batchesOf(events, delivery)) {
          const together = await scheduler.waitFor(ingestBatch(batch));
          const alone: EventResult[] = [];
          for (const { event, index } of inOrderOfTime(content, batch))
            alone[index] = (await ingestOne([event]))[0] as EventResult;
          const told = (answers: readonly EventResult[]) => answers.map(resultJson);
          expect(told(together)).toEqual(told(alone));
        }
        for (const learner of new Set(events.map(statedOf(content)).map((statement) => statement.learner))) {
          expect((await batched.read(learner)).progress).toEqual((await single.read(learner)).progress);
          expect(await historyOf(batched, learner)).toEqual(await historyOf(single, learner));
        }
      },
    );
    await holds(property, runs.history);
  });

  it("keeps every one of many results, whatever their order", async () => {
    const store = storeAt(0);
    const content: RecordContent = {
      courses: [{ slug: "a", modules: ["a"] }],
      pathways: [],
      modules: [
        {
          slug: "a",
          completion_tasks: [{ task_slug: "t1", passing_score: 80 }],
          score: { passing_score: 60, weights: { quiz: 1 } },
          steps: ["s1"],
        },
      ],
    };
    const catalog = catalogOf(filesOf(content));
    const moment = (minute: number) => new Date(Date.parse("2026-01-17T00:00:00Z") + minute * 60_000).toISOString();
    const template = fc.constantFrom(
      (score: number) => ({ eventName: "learning_task_submitted", payload: { task_slug: "t1", score } }),
      (score: number) => ({ eventName: "learning_module_scored", payload: { scores: { quiz: score } } }),
      (score: number) => ({ eventName: "learning_module_progressed", payload: { step: score > 90 ? "s1" : "s0" } }),
    );
    const sent = fc.record({ template, score: fc.nat({ max: 100 }), minute: fc.nat({ max: 200 }) });
    const property = fc.asyncProperty(
      fc.array(sent, { minLength: 150, maxLength: 190 }),
      fc.integer({ min: 1, max: 30 }),
      async (drawn, size) => {
        const ingest = ingestUnder(store, catalog);
        const events = ofNewRun(
          drawn.map(({ template: templateOf, score, minute }): SentEvent => {
            const { eventName, payload } = templateOf(score);
            return {
              eventName,
              contactIdentifier: { contactId: "one" },
              payload: { module_slug: "a", ...payload, ts: moment(minute) },
            };
          }),
        );
        const answered: { statement: Statement; answer: EventResult }[] = [];
        for (let start = 0; start < events.length; start += size) {
          const batch = events.slice(start, start + size);
          for (const [index, answer] of (await ingest(batch)).entries())
            answered.push({ statement: statedOf(content)(batch[index] as SentEvent), answer });
        }
        const learner = String(answered[0]?.statement.learner);
        const { items } = await store.read(learner);
        const held = ["tasks", "scores", "steps"].map(
          (name) => (items.get("MODULE#a")?.[name] as Set<string>)?.size ?? 0,
        );
        expect(Math.max(...held)).toBeGreaterThan(30);
        await expectRecord(store, content, learner, takenOf(answered));
      },
    );
    await holds(property, runs.fullModule);
  });
});
