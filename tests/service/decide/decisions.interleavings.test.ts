import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Flag } from "../../../src/model/progress.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteItems } from "../../../src/service/deletion/delete-items.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { settleForBackfill } from "../../../src/service/jobs/settle-for-run.ts";
import { readHolder } from "../../../src/service/read/read.ts";
import { readModule } from "../../../src/service/read/read-module.ts";
import { readReviews } from "../../../src/service/read/read-records.ts";
import { markVoided } from "../../../src/service/read/voided-attempts.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import type { Store } from "../../../src/store/store.ts";
import { CLOSE_CALLS } from "../../support/builders/decided-close-calls.ts";
import {
  type Action,
  anyDecidedLife,
  CATALOG,
  type DecidedLife,
  HOLDERS,
  MODULES,
  NOW,
  someCrashes,
} from "../../support/builders/decided-lives.ts";
import { isRead, type Perform, performerOf, stepwise, untilAnswered } from "../../support/fakes/stepwise.ts";
import { withoutPauses } from "../../support/fakes/without-pauses.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { dynaliteStore, type StoreUnderTest, type TestStore } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS } from "../../support/vitest/runs.ts";

withoutPauses();

const sqlite = sqliteStore();
const dynalite = dynaliteStore();

/**
 * A store whose requests are the steps.
 * @param isTorn whether a Query gives one item a page, so that what is written behind the reader goes unseen
 */
function storeOver({ client, tables }: TestStore, perform: Perform, isTorn: boolean): Store {
  const send = (command: object) =>
    perform(command.constructor.name, () => client.send((isTorn ? oneItemAPage(command) : command) as QueryCommand));
  return createStore(Object.create(client, { send: { value: send } }), tables);
}

const oneItemAPage = (command: object) =>
  // The same command, because what reads its answer is attached to it.
  command instanceof QueryCommand ? Object.assign(command, { input: { ...command.input, Limit: 1 } }) : command;

const STEPS = [
  {
    name: "calls of SQLite",
    alone: sqlite,
    storeOf: (perform: Perform, _isTorn: boolean) => stepwise(sqlite().store, perform),
    runs: RUNS.sqlite,
  },
  {
    name: "requests to DynamoDB",
    alone: dynalite,
    storeOf: (perform: Perform, isTorn: boolean) => storeOver(dynalite(), perform, isTorn),
    runs: RUNS.dynalite,
  },
];

/** Always the same, because the identity of an event tells of two at one moment which counts. */
const LEARNER = "one";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const catalog = CATALOG.at(NOW);

async function act(store: Store, action: Action): Promise<EventResult[]> {
  if (action === "backfill") {
    await backfill(store);
    return [];
  }
  const ingest = createIngest({ store, catalog: fixedCatalog(CATALOG), log: silent, now: () => Date.parse(NOW) });
  return ingest([{ ...action, contactIdentifier: { contactId: LEARNER } }]);
}

const backfill = (store: Store) =>
  settleForBackfill(store, { catalog, revoke: true, revokeUnknown: false, dryRun: false, recordedAt: NOW }, LEARNER, {
    intended: new Map(),
    announce() {},
  });

/** Who found out is nobody's business here. */
const sourceOf = (source: string | undefined) => (source === "backfill" ? "inferred" : source);

/** A store that nobody writes to meanwhile, which need not be asked for a learner again and again. */
function still(store: Store): Store {
  const readings = new Map<string, ReturnType<Store["read"]>>();
  return {
    ...store,
    read(learner) {
      const reading = readings.get(learner) ?? store.read(learner);
      readings.set(learner, reading);
      return reading;
    },
  };
}

/** All that is told of a learner, but for what tells of the way that it came about. */
async function readsOf(living: Store) {
  const store = still(living);
  const [holders, modules, { attempts }, decisions, { reviews }] = await Promise.all([
    Promise.all(HOLDERS.map((entity) => readHolder(store, catalog, LEARNER, entity))),
    Promise.all(MODULES.map((slug) => readModule(store, catalog, LEARNER, slug))),
    store.attempts(LEARNER, { limit: 100 }),
    store.decisions(LEARNER),
    readReviews({ store, catalog }, LEARNER, undefined, { limit: 9 }),
  ]);
  return {
    holders: holders.map(({ entity, state: { flag }, status, terms, waived, progress, missing, settled }) => ({
      ...{ entity, status, terms, waived, progress, missing, settled },
      listed: flag && {
        completedAt: flag.completedAt,
        expiresAt: flag.expiresAt,
        source: sourceOf(flag.completionSource),
      },
      claimedAt: flag?.claimedAt,
    })),
    modules: modules.map(({ slug, status, completedAt, waived, tasks }) => ({
      slug,
      status,
      completedAt,
      waived,
      tasks,
    })),
    history: markVoided(attempts, decisions)
      .map(({ kind, eventId, occurredAt, refused, voided }) =>
        JSON.stringify({ kind, eventId, occurredAt, refused, voided }),
      )
      .sort(),
    reviews: reviews.map(({ itemId }) => itemId),
  };
}

type Reads = Awaited<ReturnType<typeof readsOf>>;

/** The events whose write raised the number of completed terms of a holder, as somebody sees who looks after each step. */
function watch({ store, raw }: StoreUnderTest) {
  const raisedBy = new Map<string, (string | undefined)[]>();
  const faults: string[] = [];
  const seen = new Map<string, Flag | undefined>();
  const termOf = (flag: Flag | undefined) => (flag ? (flag.term ?? 1) : 0);
  let last: number | undefined;
  const look = async () => {
    const version = raw.version();
    if (version === last) return;
    last = version;
    const { progress } = await store.read(LEARNER);
    for (const { type, slug } of HOLDERS) {
      const [was, is] = [seen.get(slug), progress[type].get(slug)?.flag];
      if (termOf(is) > termOf(was)) raisedBy.set(slug, [...(raisedBy.get(slug) ?? []), is?.eventId]);
      else if (termOf(is) === termOf(was) && is?.eventId !== was?.eventId) faults.push(`${slug} is another event's`);
      seen.set(slug, is);
    }
  };
  return { look, seen, raisedBy, faults };
}

type Watched = ReturnType<typeof watch>;
type Tried = DecidedLife & { isTorn: boolean };

/** One event reports each completion of a term: the one whose write made it. */
function expectReportedOnce(answers: readonly EventResult[], { seen, raisedBy, faults }: Watched): void {
  expect(faults).toEqual([]);
  for (const { slug } of HOLDERS) {
    const reporters = answers.flatMap((answer) =>
      !answer.error && answer.outcome.flagged.some((one) => one.slug === slug && one.newlyCompleted)
        ? [answer.identity]
        : [],
    );
    expect(raisedBy.get(slug) ?? []).toEqual(expect.arrayContaining(reporters));
    const standing = seen.get(slug)?.eventId;
    if (standing !== undefined) expect(reporters).toContain(standing);
  }
}

/** @returns the reads when everything is answered, before a backfill and after it */
async function liveAtOnce(
  { alone, storeOf }: (typeof STEPS)[number],
  { before, together, crashes, isTorn }: Tried,
  scheduler: fc.Scheduler,
): Promise<{ reads: Reads; settled: Reads }> {
  const opened = alone();
  const { store } = opened;
  await deleteItems(store, LEARNER);
  const watched = watch(opened);
  const answers: EventResult[] = [];
  for (const action of before) {
    answers.push(...(await act(store, action)));
    await watched.look();
  }
  const lookAfterWrite = async (label: string) => {
    if (!isRead(label)) await watched.look();
  };
  const shared = storeOf(performerOf(scheduler, crashes, lookAfterWrite), isTorn);
  const again = performerOf(scheduler);
  await scheduler.waitFor(
    Promise.all(
      together.map(async (action) =>
        answers.push(
          ...(await untilAnswered(
            () => act(shared, action),
            () => again("send again", async () => {}),
          )),
        ),
      ),
    ),
  );
  // A request that failed may have had more than one write under way.
  await scheduler.waitIdle();
  await watched.look();
  expectReportedOnce(answers, watched);
  const reads = await readsOf(store);
  await backfill(store);
  return { reads, settled: await readsOf(store) };
}

async function liveInOrder(store: Store, actions: readonly Action[]): Promise<{ reads: Reads; settled: Reads }> {
  await deleteItems(store, LEARNER);
  for (const action of actions) await act(store, action);
  const reads = await readsOf(store);
  await backfill(store);
  return { reads, settled: await readsOf(store) };
}

/** Two things judge on arrival, so of them the order says what is accepted. */
const isJudgedOnArrival = (action: Action): boolean =>
  action !== "backfill" && /task_submitted|(course|pathway)_completed/.test(action.eventName);

function* ordersOf<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries())
    for (const rest of ordersOf(items.toSpliced(index, 1))) yield [item, ...rest];
}

type Reference = (actions: readonly Action[]) => ReturnType<typeof liveInOrder>;

/** What actions come to one after the other: one after the other the stores do the same, and this one does it soonest. */
const inOrder: Reference = (actions) => liveInOrder(sqlite().store, actions);

/** The same for cases that have few orders, each of which always comes to the same. */
function inOrderOnce(): Reference {
  const known = new Map<string, ReturnType<Reference>>();
  return (actions) => {
    const key = JSON.stringify(actions);
    const lived = known.get(key) ?? inOrder(actions);
    known.set(key, lived);
    return lived;
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What was done at once reads as if it had been done in some order; where nothing judges on arrival, in any. */
async function expectSomeOrder(
  { before, together }: DecidedLife,
  lived: { reads: Reads; settled: Reads },
  reference: Reference,
) {
  const first = await reference([...before, ...together]);
  if (!together.some(isJudgedOnArrival)) expect(lived.settled).toEqual(first.settled);
  if (same(lived, first)) return;
  for (const order of ordersOf(together)) if (same(lived, await reference([...before, ...order]))) return;
  expect(lived).toEqual(first);
}

describe.each(STEPS)("$name in any order", (steps) => {
  const tryOut = async (drawn: Tried, scheduler: fc.Scheduler, reference: Reference) => {
    const lived = await liveAtOnce(steps, drawn, scheduler);
    await expectSomeOrder(drawn, lived, reference);
    return lived;
  };

  it("leave a learner with decisions as they would one after the other, and each term reported once", async () => {
    const lives = fc.tuple(anyDecidedLife, fc.boolean()).map(([life, isTorn]): Tried => ({ ...life, isTorn }));
    await holds(
      fc.asyncProperty(
        lives,
        fc.scheduler(),
        async (drawn, scheduler) => void (await tryOut(drawn, scheduler, inOrder)),
      ),
      steps.runs.interleaving,
    );
  });

  it.each(CLOSE_CALLS)("do so of %s", async (_, before, together) => {
    const lives = fc.record({
      before: fc.constant(before),
      together: fc.constant(together),
      crashes: someCrashes,
      isTorn: fc.boolean(),
    });
    const reference = inOrderOnce();
    const needsNoBackfill = async (drawn: Tried, scheduler: fc.Scheduler) => {
      const { reads, settled } = await tryOut(drawn, scheduler, reference);
      expect(reads).toEqual(settled);
    };
    await holds(fc.asyncProperty(lives, fc.scheduler(), needsNoBackfill), steps.runs.closeCall);
  });
});
