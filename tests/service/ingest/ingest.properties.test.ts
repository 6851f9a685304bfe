import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { snakeKeys } from "../../../src/model/case.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import type { Store } from "../../../src/store/store.ts";
import { forgetCalls } from "../../store/raw-items.ts";
import { anyCatalog, anyDelivery, anyHistory, batchesOf, NOW, ofRun } from "../../support/builders/arbitraries.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { ingestUnder } from "../../support/builders/ingest.ts";
import {
  type CatalogContent,
  contentOf,
  expectedOf,
  flagsIn,
  newlyCompletedIn,
  type SentEvent,
  type Statement,
  type Step,
  statementOf,
  stepsOf,
  storedIn,
  toldIn,
} from "../../support/oracles/oracle.ts";
import { describePropertyStores, type StoreUnderTest } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";

let opened: StoreUnderTest[];

const storeAt = (index: number): Store => (opened[index] as StoreUnderTest).store;

const ingestInto = (store: Store, content: CatalogContent) => ingestUnder(store, catalogOf(contentOf(content)));

/** Events of learners whom no other run of a property has. */
function ofNewRun(events: readonly SentEvent[]): SentEvent[] {
  opened.forEach(forgetCalls);
  const run = randomUUID().slice(0, 8);
  return events.map((event) => ofRun(run, event));
}

const stated = (event: SentEvent): Statement => statementOf(event, toTimestamp(NOW));
const byLearner = (events: readonly SentEvent[]): Map<string, Statement[]> =>
  Map.groupBy(events.map(stated), ({ learner }) => learner);

/** The order in which a batch is applied; a sort keeps what came first first. */
const inOrderOfTime = (batch: readonly SentEvent[]): { event: SentEvent; index: number; at: string }[] =>
  batch
    .map((event, index) => ({ event, index, at: stated(event).at }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));

const NOTHING = { completed: 0, total: 0, needed: 0, shortBy: 0 };

function expectRefusal({ error }: EventResult, { claim }: Statement, { after, verdict, completes }: Step): void {
  expect(completes).toEqual([]);
  expect(error?.code).toMatch(verdict?.known ? /^COMPLETION_NOT_REACHED$/ : /^UNKNOWN_(COURSE|PATHWAY)$/);
  if (!verdict?.known) return;
  const { progress = NOTHING, missing = [] } = after.states[String(claim?.entity)] ?? {};
  const entities = missing.map((entity) => ({ type: entity.split("/")[0], slug: entity.split("/")[1], title: null }));
  expect(error?.extras).toEqual({ progress: snakeKeys(progress), missing: entities });
}

function expectAcceptance(answer: EventResult, { after, verdict }: Step, reporters: Record<string, string>): void {
  if (answer.error) throw answer.error;
  const warnings = answer.outcome.warnings.map(({ code }) => code);
  expect(warnings.includes("TIMESTAMP_OUTSIDE_TOLERANCE")).toBe(verdict?.outsideTolerance ?? false);
  const own = Object.keys(reporters).filter((entity) => reporters[entity] === answer.identity);
  expect(newlyCompletedIn(answer)).toEqual(own.sort());
  for (const { entity, completedAt, progress } of toldIn(answer)) {
    const expected = after.states[entity];
    expect({ entity, completedAt, progress }).toEqual({
      entity,
      completedAt: expected?.flag?.completedAt,
      progress: expected?.progress ?? NOTHING,
    });
  }
}

describePropertyStores("Events in any order", ({ newStore, runs }) => {
  // Two stores, so that one learner can live two lives.
  const stores = [newStore(), newStore()];
  beforeAll(() => {
    opened = stores.map((open) => open());
  });

  it("gives the same facts and flags in any order, any number of times, and in any batches", async () => {
    const store = storeAt(0);
    const property = fc.asyncProperty(anyCatalog(), anyHistory(), anyDelivery(), async (content, history, delivery) => {
      const ingest = ingestInto(store, content);
      const events = ofNewRun(history);
      const learners = byLearner(events);
      const complete = new Map<string, string[]>();

      for (const batch of batchesOf(events, delivery)) {
        for (const answer of await ingest(batch)) expect(answer.error).toBeUndefined();
        for (const learner of learners.keys()) {
          const { flags } = storedIn(await store.read(learner));
          expect(Object.keys(flags)).toEqual(expect.arrayContaining(complete.get(learner) ?? []));
          complete.set(learner, Object.keys(flags));
        }
      }
      for (const [learner, statements] of learners) {
        const all = statements.flatMap(({ facts }) => facts);
        const expected = expectedOf(content, all, []);
        const { facts, flags } = storedIn(await store.read(learner));
        expect({ facts, flags }).toEqual({ facts: expected.facts, flags: flagsIn(expected) });
      }
    });
    await holds(property, runs.history);
  });

  it("answers a batch as its events sent one by one in order of time", async () => {
    const [batched, single] = [storeAt(0), storeAt(1)];
    const histories = anyHistory({ claims: 4, maxLength: 10 });
    const property = fc.asyncProperty(anyCatalog(), histories, anyDelivery(10), async (content, history, delivery) => {
      const catalog = catalogOf(contentOf(content));
      const [ingestBatch, ingestOne] = [ingestUnder(batched, catalog), ingestUnder(single, catalog)];
      const events = ofNewRun(history);

      for (const batch of batchesOf(events, delivery)) {
        const together = await ingestBatch(batch);
        const alone: EventResult[] = [];
        for (const { event, index } of inOrderOfTime(batch))
          alone[index] = (await ingestOne([event]))[0] as EventResult;
        expect(together).toEqual(alone);
      }
      for (const learner of byLearner(events).keys())
        expect((await batched.read(learner)).progress).toEqual((await single.read(learner)).progress);
    });
    // What the later event does to the course is no part of the earlier one's answer.
    const contactIdentifier = { contactId: "one" };
    const completed = { eventName: "learning_module_completed", module_slug: "a", ts: "2026-01-18T10:00:00Z" };
    const claimed = { eventName: "learning_course_completed", course_slug: "a", ts: "2026-01-18T10:03:00Z" };
    const content = { courses: [{ slug: "a", modules: ["a"] }], pathways: [] };
    const example = [completed, claimed].map((event) => ({ ...event, contactIdentifier }));
    await holds(property, runs.history, { examples: [[content, example, { places: [], cuts: [false] }]] });
  });

  it("judges claims, and tells who completed what, as the facts so far say", async () => {
    const store = storeAt(0);
    const histories = anyHistory({ claims: 5, maxLength: 12 });
    const property = fc.asyncProperty(anyCatalog(), histories, anyDelivery(12), async (content, history, delivery) => {
      const ingest = ingestInto(store, content);
      const lives = new Map<string, { statement: Statement; answer: EventResult }[]>();
      for (const batch of batchesOf(ofNewRun(history), delivery)) {
        const answers = await ingest(batch);
        for (const { event, index } of inOrderOfTime(batch)) {
          const statement = stated(event);
          const life = lives.get(statement.learner) ?? [];
          lives.set(statement.learner, [...life, { statement, answer: answers[index] as EventResult }]);
        }
      }

      for (const [learner, life] of lives) {
        const steps = stepsOf(
          content,
          life.map(({ statement }) => statement),
        );
        /** Who first completed an entity. */
        const reporters: Record<string, string> = {};
        for (const [index, step] of steps.entries()) {
          const { statement, answer } = life[index] as (typeof life)[number];
          for (const entity of step.completes) reporters[entity] = String(answer.identity);
          if (step.verdict?.accepted === false) expectRefusal(answer, statement, step);
          else expectAcceptance(answer, step, reporters);
        }
        const { facts, flags, eventIds } = storedIn(await store.read(learner));
        const after = steps.at(-1)?.after;
        expect({ facts, flags, eventIds }).toEqual({
          facts: after?.facts,
          flags: after && flagsIn(after),
          eventIds: reporters,
        });
      }
    });
    await holds(property, runs.history);
  });

  it("reports each transition to one event, again when that is sent again, and to no other", async () => {
    const store = storeAt(0);
    const histories = anyHistory({ claims: 3, maxLength: 10 });
    const deliveries = fc.record({ first: anyDelivery(10), second: anyDelivery(10) });
    const property = fc.asyncProperty(
      anyCatalog(),
      histories,
      deliveries,
      async (content, history, { first, second }) => {
        const ingest = ingestInto(store, content);
        const events = ofNewRun(history);
        /** Every transition, and the events that report it. */
        const reportersIn = async (batches: SentEvent[][]) => {
          const reporters: Record<string, string[]> = {};
          for (const batch of batches)
            for (const answer of await ingest(batch))
              for (const entity of newlyCompletedIn(answer)) {
                const transition = `${answer.learnerId} ${entity}`;
                reporters[transition] = [...new Set(reporters[transition]).add(String(answer.identity))];
              }
          return reporters;
        };
        const reporters = await reportersIn(batchesOf(events, first));
        const transitions: Record<string, unknown> = {};
        for (const learner of byLearner(events).keys())
          for (const entity of Object.keys(storedIn(await store.read(learner)).flags))
            transitions[`${learner} ${entity}`] = [expect.any(String)];
        expect(reporters).toEqual(transitions);
        expect(await reportersIn(batchesOf(events, second))).toEqual(reporters);
      },
    );
    await holds(property, runs.history);
  });

  it("keeps what was flagged under an earlier definition, and lets it count", async () => {
    const store = storeAt(0);
    const property = fc.asyncProperty(
      fc.record({ earlier: anyCatalog(), later: anyCatalog() }),
      anyHistory({ learners: 1, minLength: 1 }),
      fc.nat({ max: 8 }),
      async ({ earlier, later }, history, change) => {
        const events = ofNewRun(history);
        const [before, after] = [events.slice(0, change), events.slice(change)];
        const factsOf = (some: readonly SentEvent[]) => some.flatMap((event) => stated(event).facts);
        for (const event of before) await ingestInto(store, earlier)([event]);
        // The last one is about nothing that either catalog knows: whatever a learner does next settles all of the past.
        const last = { eventName: "learning_module_completed", module_slug: "elsewhere" };
        const [{ contactIdentifier }] = events as [SentEvent];
        for (const event of [...after, { ...last, contactIdentifier }]) await ingestInto(store, later)([event]);

        const [older, newer] = [catalogOf(contentOf(earlier)), catalogOf(contentOf(later))];
        const isChanged = (entity: string) => {
          const [type, slug] = entity.split("/") as ["course" | "pathway", string];
          return older.definitionOf({ type, slug }) !== newer.definitionOf({ type, slug });
        };
        // What is defined as before goes on as if nothing had changed.
        const flagged = Object.entries(flagsIn(expectedOf(earlier, factsOf(before), [])));
        const standing = Object.fromEntries(flagged.filter(([entity]) => isChanged(entity)));
        const expected = flagsIn(expectedOf(later, factsOf(events), [], standing));
        const { flags } = storedIn(await store.read(stated(events[0] as SentEvent).learner));
        expect(flags).toEqual({ ...expected, ...standing });
      },
    );
    await holds(property, runs.history);
  });
});
