import { randomUUID } from "node:crypto";
import type { QueryCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import type { Store } from "../../../src/store/store.ts";
import { forgetCalls } from "../../store/raw-items.ts";
import { NOW, ofRun } from "../../support/builders/arbitraries.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { ingestUnder } from "../../support/builders/ingest.ts";
import { anyRecord } from "../../support/builders/record-arbitraries.ts";
import { at } from "../../support/builders/times.ts";
import { anyCrashes, type Crash, isRead, type Perform, performerOf, stepwise } from "../../support/fakes/stepwise.ts";
import { withoutPauses } from "../../support/fakes/without-pauses.ts";
import { type Claim, newlyCompletedIn, type SentEvent } from "../../support/oracles/oracle.ts";
import {
  asList,
  asSet,
  attemptsIn,
  expectedAttempts,
  expectedRecord,
  expectedSchedules,
  expectedSessions,
  filesOf,
  type RecordContent,
  refusedOf,
  type Statement,
  scheduleIn,
  statedIn,
  storedRecord,
  takenOf,
} from "../../support/oracles/record-oracle.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { dynaliteStore, type StoreUnderTest } from "../../support/processes/stores.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS, type Runs, type StoreRuns } from "../../support/vitest/runs.ts";

withoutPauses();

let opened: StoreUnderTest;

/** What is done at once and never half: an interleaving is an order of these. */
type Steps = { name: string; open: () => StoreUnderTest; storeOf: (perform: Perform) => Store; runs: StoreRuns };

const sqlite = sqliteStore();
const dynalite = dynaliteStore();

const STEPS: Steps[] = [
  {
    name: "calls of SQLite",
    open: sqlite,
    storeOf: (perform) => stepwise(opened.store, perform),
    runs: RUNS.sqlite,
  },
  {
    name: "requests to DynamoDB",
    open: dynalite,
    storeOf: (perform) => {
      const { client, tables } = dynalite();
      const send = (command: QueryCommand) => perform(command.constructor.name, () => client.send(command));
      return createStore(Object.create(client, { send: { value: send } }), tables);
    },
    runs: RUNS.dynalite,
  },
];

const someCrashes = anyCrashes({ steps: 24, most: 3 });

/** Everything that is stored of a learner. */
async function allOf(learner: string) {
  const { store } = opened;
  const [reading, { attempts }, sessions, cards] = await Promise.all([
    store.read(learner),
    store.attempts(learner, { limit: 1_000 }),
    store.sessions(learner),
    store.cards(learner),
  ]);
  return { ...storedRecord(reading), attempts, sessions, cards };
}
type Stored = Awaited<ReturnType<typeof allOf>>;

/** Looks at what is stored after every write, and tells what may never be, not even for a moment. */
function watchOf(content: RecordContent, learner: string) {
  const violations: string[] = [];
  let before: Stored | undefined;
  let seen: number | undefined;
  const claimedIn = ({ flags }: Stored, entity: string) => (flags[entity] as { claimedAt?: string }).claimedAt;

  const look = async (): Promise<Stored> => {
    const version = opened.raw.version();
    if (before && version === seen) return before;
    seen = version;
    const now = await allOf(learner);
    const say = (violation: string) => void violations.push(violation);
    for (const entity of Object.keys(now.flags)) {
      const claimedAt = claimedIn(now, entity);
      const inHistory = now.attempts.some(
        ({ kind, moduleSlug, occurredAt, refused }) =>
          !refused && kind === "claim" && `module/${moduleSlug}` === entity && occurredAt === claimedAt,
      );
      if (entity.startsWith("module/") && claimedAt !== undefined && !inHistory)
        say(`${entity} is flagged as claimed at ${claimedAt}, and history knows nothing of it`);
    }
    for (const { task_slug, max_attempts, slug } of limitedTasks(content)) {
      const made = now.attempts.filter(({ moduleSlug, taskSlug }) => moduleSlug === slug && taskSlug === task_slug);
      if (made.length > max_attempts) say(`${made.length} attempts of ${slug}/${task_slug}, and not ${max_attempts}`);
    }
    if (before) {
      for (const [entity, eventId] of Object.entries(before.eventIds)) {
        if (!(entity in now.flags)) say(`the flag of ${entity} is gone`);
        else if (now.eventIds[entity] !== eventId) say(`the flag of ${entity} is another event's`);
        else if ((claimedIn(before, entity) ?? claimedIn(now, entity)) !== claimedIn(now, entity))
          say(`the claim of ${entity} is another`);
      }
      const lost = (kind: string, was: readonly unknown[], is: readonly unknown[]) => {
        const there = new Set(asSet(is));
        for (const one of asSet(was)) if (!there.has(one)) say(`${kind} is no longer there, or altered: ${one}`);
      };
      // A claim that was refused may be accepted later.
      const standing = ({ attempts }: Stored) => attempts.filter(({ refused }) => !refused);
      lost("an attempt", standing(before), standing(now));
      const ofModules = ({ sessions }: Stored) => sessions.filter(({ sessionId }) => sessionId.startsWith("module "));
      lost("a module's session", ofModules(before), ofModules(now));
      const made = ({ cards }: Stored) =>
        cards.flatMap(({ reviews: _, ...card }) => (card.createdAt === undefined ? [] : [card]));
      lost("a card", made(before), made(now));
      const reviewsIn = ({ cards }: Stored) =>
        cards.flatMap(({ moduleSlug, itemId, reviews }) => reviews.map((one) => ({ moduleSlug, itemId, ...one })));
      lost("a review", reviewsIn(before), reviewsIn(now));
    }
    before = now;
    return now;
  };
  return { look, violations };
}

const limitedTasks = ({ modules }: RecordContent) =>
  modules.flatMap(({ slug, completion_tasks = [] }) =>
    completion_tasks.flatMap(({ task_slug, max_attempts }) =>
      max_attempts === undefined ? [] : [{ slug, task_slug, max_attempts }],
    ),
  );

const ingestInto = (store: Store, content: RecordContent) => ingestUnder(store, catalogOf(filesOf(content)));

type Case = {
  content: RecordContent;
  /** What happened before, one after the other. */
  before: SentEvent[];
  /** What happens at once. */
  together: SentEvent[];
  crashes: Crash[];
};

const anyCase = (claims: number): fc.Arbitrary<Case> =>
  fc
    .record({
      drawn: anyRecord({
        modules: 2,
        courses: 2,
        pathways: 1,
        claims,
        limits: true,
        manyEnds: true,
        minLength: 4,
        maxLength: 11,
      }),
      together: fc.integer({ min: 2, max: 4 }),
      crashes: someCrashes,
    })
    .map(({ drawn: { content, events }, together, crashes }) => ({
      content,
      before: events.slice(0, -together),
      together: events.slice(-together),
      crashes,
    }));

type Answered = { event: SentEvent; statement: Statement; answer: EventResult };
type Life = { learner: string; answered: Answered[]; violations: string[] };

async function live(
  storeOf: (perform: Perform) => Store,
  { content, before, together, crashes }: Case,
  scheduler: fc.Scheduler,
): Promise<Life> {
  forgetCalls(opened);
  const run = randomUUID().slice(0, 8);
  const answered: Answered[] = [];
  const note = (event: SentEvent, answer: EventResult | undefined) => {
    const told = { event, statement: statedIn(content, event, toTimestamp(NOW)), answer: answer as EventResult };
    answered.push(told);
    return told;
  };
  const undisturbed = ingestInto(opened.store, content);
  for (const event of before.map((one) => ofRun(run, one))) note(event, (await undisturbed([event]))[0]);

  const learner = `${run}.one`;
  const { look, violations } = watchOf(content, learner);
  await look();
  const lookAfterWrite = async (label: string) => {
    if (!isRead(label)) await look();
  };
  const ingest = ingestInto(storeOf(performerOf(scheduler, crashes, lookAfterWrite)), content);
  const alone = performerOf(scheduler);
  const sendUntilAnswered = async (event: SentEvent): Promise<void> => {
    for (let failures = 0; ; failures++) {
      try {
        const { statement, answer } = note(event, (await ingest([event]))[0]);
        await alone("attempts", async () => {
          const [attempt] = expectedAttempts(takenOf([{ statement, answer }]));
          if (attempt !== undefined && !asSet(attemptsIn((await look()).attempts)).includes(attempt))
            violations.push(`accepted, and not in the history: ${attempt}`);
        });
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "STORE_UNAVAILABLE" || failures > crashes.length)
          throw error;
        await alone("send again", async () => {});
      }
    }
  };
  await scheduler.waitFor(Promise.all(together.map((event) => sendUntilAnswered(ofRun(run, event)))));
  // A request that failed may have had more than one write under way.
  await scheduler.waitIdle();
  return { learner, answered, violations };
}

/** Every transition of a course or pathway that was reported, and by which events. */
function reportersIn(answered: readonly { answer: EventResult }[]): Record<string, string[]> {
  const reporters: Record<string, string[]> = {};
  for (const { answer } of answered)
    for (const entity of newlyCompletedIn(answer))
      reporters[entity] = [...new Set(reporters[entity]).add(String(answer.identity))];
  return reporters;
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** As many attempts as a task allows, and of those that were made no fewer. @returns the tasks that were asked for */
function expectLimitsKept(content: RecordContent, answered: readonly Answered[]): void {
  for (const { slug, task_slug, max_attempts } of limitedTasks(content)) {
    const made = answered.filter(
      ({ statement: { attempt } }) => attempt?.moduleSlug === slug && attempt.taskSlug === task_slug,
    );
    const accepted = made.filter(({ answer }) => !answer.error);
    expect(unique(accepted.map(({ answer }) => answer.identity))).toHaveLength(
      Math.min(max_attempts, unique(made.map(({ answer }) => answer.identity)).length),
    );
  }
}

/** Claims are refused only where something was missing; of those that were accepted, one is kept for each entity. */
function expectClaimsJudged(
  content: RecordContent,
  before: number,
  answered: readonly Answered[],
  kept: Claim[],
): void {
  const claims = answered.flatMap(({ statement: { claim }, answer }, index) =>
    claim ? [{ ...claim, index, refused: answer.error?.code }] : [],
  );
  const accepted = claims.filter(({ refused }) => refused === undefined);
  const entitiesOf = (some: readonly Claim[]) => unique(some.map(({ entity }) => entity)).sort();
  expect(entitiesOf(kept)).toEqual(entitiesOf(accepted));
  for (const { entity, claimedAt } of kept)
    expect(accepted).toContainEqual(expect.objectContaining({ entity, claimedAt }));
  const earlier = answered.slice(0, before).filter(({ answer }) => !answer.error);
  const completeBefore = expectedRecord(
    content,
    earlier.map(({ statement }) => statement),
  ).flags;
  for (const { entity, index, refused } of claims)
    if (refused !== undefined && index >= before) expect(completeBefore).not.toHaveProperty([entity]);
}

/** Nothing lost, nothing invented, nothing reported twice or never. */
async function expectWhole({ content, before }: Case, { learner, answered, violations }: Life): Promise<void> {
  expect(violations).toEqual([]);
  const refusals = answered.flatMap(({ answer }) => answer.error?.code ?? []);
  expect(["COMPLETION_NOT_REACHED", "ATTEMPTS_EXHAUSTED", "UNKNOWN_COURSE", "UNKNOWN_PATHWAY"]).toEqual(
    expect.arrayContaining(refusals),
  );
  expectLimitsKept(content, answered);

  const accepted = answered.filter(({ answer }) => !answer.error);
  const statements = accepted.map(({ statement }) => statement);
  const { facts, flags, eventIds, attempts, sessions, cards } = await allOf(learner);
  const kept = Object.entries(flags).flatMap(([entity, flag]): Claim[] => {
    const { claimedAt } = flag as { claimedAt?: string };
    return claimedAt === undefined ? [] : [{ entity, claimedAt }];
  });
  const expected = expectedRecord(content, statements, kept);
  expect({ facts, flags }).toEqual({ facts: expected.facts, flags: expected.flags });
  expectClaimsJudged(content, before.length, answered, kept);

  const taken = takenOf(answered);
  expect(asList(attemptsIn(attempts))).toEqual(expectedAttempts([...taken, ...refusedOf(answered)]));
  expect(scheduleIn(cards)).toEqual(expectedSchedules(taken));

  // One event reports a course or pathway; a module's is the one that its flag names.
  const ofHolders = Object.entries(eventIds).filter(([entity]) => !entity.startsWith("module/"));
  expect(reportersIn(answered)).toEqual(Object.fromEntries(ofHolders.map(([entity, id]) => [entity, [id]])));
  for (const identity of Object.values(eventIds)) expect(taken.map((one) => one.identity)).toContain(identity);

  // One end of each session is told that it stands.
  const isStanding = ({ answer }: Answered) =>
    !answer.error && !answer.outcome.warnings.some(({ code }) => code === "SESSION_ALREADY_ENDED");
  const standing = takenOf(answered.filter((one) => one.statement.session?.endedAt === undefined || isStanding(one)));
  const own = sessions
    .filter(({ sessionId }) => !sessionId.startsWith("module "))
    // When it was received is not what the events say.
    .map(({ receivedAt: _, ...session }) => session);
  const expectOneEnd = <T>(ends: T[]): T | undefined => {
    expect(asSet(ends).length).toBeLessThanOrEqual(1);
    return ends[0];
  };
  expect(Object.fromEntries(own.map((session) => [session.sessionId, session]))).toEqual(
    expectedSessions(standing, expectOneEnd),
  );

  const inferred = expectedRecord(content, statements);
  for (const { slug, review_items = [] } of content.modules) {
    const made = cards.filter(({ moduleSlug, createdAt }) => moduleSlug === slug && createdAt !== undefined);
    const { completedAt } = inferred.modules[slug] ?? {};
    expect(made.map(({ itemId }) => itemId).sort()).toEqual(
      completedAt === undefined ? [] : review_items.map(({ id }) => id).sort(),
    );
    const { startedAt } = (facts[`module/${slug}`] ?? {}) as { startedAt?: string };
    const recorded = sessions.filter(({ sessionId }) => sessionId === `module ${slug}`);
    if (completedAt === undefined || startedAt === undefined) expect(recorded).toEqual([]);
    // A claim may move a completion across the start, this way or that.
    else if (startedAt <= completedAt && startedAt <= String(expected.modules[slug]?.completedAt))
      expect(recorded).toHaveLength(1);
  }
}

const sent = (eventName: string, payload: object, clock: string, eventId?: string): SentEvent => ({
  eventName: `learning_${eventName}`,
  ...(eventId !== undefined && { eventId }),
  contactIdentifier: { contactId: "one" },
  payload: { module_slug: "a", ...payload, ts: at(clock) },
});

const card = { id: "i1", front: "hola", back: "hello" };
const CONTENT: RecordContent = {
  courses: [
    { slug: "a", modules: ["a"] },
    { slug: "b", modules: ["a", "b"] },
  ],
  pathways: [{ slug: "a", courses: ["a"] }],
  modules: [
    {
      slug: "a",
      completion_tasks: [{ task_slug: "t1", passing_score: 80, max_attempts: 2 }],
      steps: ["s1"],
      score: { passing_score: 80, weights: { quiz: 1 } },
      review_items: [card],
    },
    { slug: "b", review_items: [card] },
  ],
};
const started = sent("module_started", {}, "09:00");
const step = sent("module_progressed", { step: "s1" }, "10:00");
const task = (score: number, clock: string, eventId?: string) =>
  sent("task_submitted", { task_slug: "t1", score }, clock, eventId);
const scored = sent("module_scored", { scores: { quiz: 80 } }, "10:01");
const claimed = (clock: string) => sent("module_completed", { completion_data: { at: clock } }, clock);
const other = sent("module_completed", { module_slug: "b" }, "10:03");
const reviewed = (rating: string, clock: string) => sent("item_reviewed", { item_id: "i1", rating }, clock);

const CLOSE_CALLS: [name: string, before: SentEvent[], together: SentEvent[]][] = [
  ["the last step, task and score at once", [started], [step, task(80, "10:02"), scored]],
  ["the last step while another module is completed", [started, scored, task(80, "10:02")], [step, other]],
  ["a start beside the last step", [scored, task(90, "10:02")], [step, started]],
  [
    "an earlier start while its module is completed",
    [sent("module_started", {}, "10:30"), step, scored],
    [task(80, "10:02"), started],
  ],
  ["a start beside a completion", [], [other, sent("module_started", { module_slug: "b" }, "09:00"), started]],
  ["three attempts where two are left", [started], [task(10, "10:00"), task(90, "10:00", "second"), task(80, "10:02")]],
  [
    "one attempt, twice at once, and the last",
    [task(10, "09:00")],
    [task(90, "10:00"), task(90, "10:00"), task(80, "10:02")],
  ],
  ["two claims beside what they claim", [step, scored], [task(80, "10:02"), claimed("10:03"), claimed("10:04")]],
  ["two claims of what is complete", [started, step, scored, task(80, "10:02")], [claimed("10:03"), claimed("10:05")]],
  [
    "a start beside the claim that moves the completion behind it",
    [step, scored, task(80, "10:02")],
    [sent("module_started", {}, "10:04"), claimed("10:05")],
  ],
  [
    "two completions",
    [],
    [other, { ...other, eventId: "again" }, sent("module_started", { module_slug: "b" }, "10:00")],
  ],
  [
    "reviews beside the completion that brings the card",
    [],
    [
      other,
      ...["good", "easy"].map((rating) => sent("item_reviewed", { module_slug: "b", item_id: "i1", rating }, "10:05")),
    ],
  ],
  ["two reviews", [step, scored, task(80, "10:02")], [reviewed("again", "11:00"), reviewed("good", "11:00")]],
  [
    "two ends of a session",
    [],
    [
      sent("session_started", { session_id: "one", session_type: "module" }, "10:00"),
      sent("session_ended", { session_id: "one", session_type: "module", items_studied: 1 }, "10:01"),
      sent("session_ended", { session_id: "one", session_type: "module", items_studied: 2 }, "10:01"),
    ],
  ],
];

describe.each(STEPS)("events of one learner at once, in every order of their $name", ({ open, storeOf, runs }) => {
  beforeAll(() => {
    opened = open();
  });

  const inEveryOrder = async (cases: fc.Arbitrary<Case>, tried: Runs = runs.interleaving) => {
    const property = async (drawn: Case, scheduler: fc.Scheduler) => {
      const life = await live(storeOf, drawn, scheduler);
      await expectWhole(drawn, life);

      // What was accepted changes nothing when it is sent again, and reports what it reported.
      const before = await allOf(life.learner);
      const accepted = life.answered.filter(({ answer }) => !answer.error);
      const again: { answer: EventResult }[] = [];
      for (const { event } of accepted)
        again.push({ answer: (await ingestInto(opened.store, drawn.content)([event]))[0] as EventResult });
      expect(reportersIn(again)).toEqual(reportersIn(life.answered));
      expect(await allOf(life.learner)).toEqual(before);
    };
    await holds(fc.asyncProperty(cases, fc.scheduler(), property), tried);
  };

  it("leave the record that they make one after the other, whatever breaks", () => inEveryOrder(anyCase(0)));

  it("leave no more by claims, and keep each claim that is accepted", () => inEveryOrder(anyCase(4)));

  it.each(CLOSE_CALLS)("%s", (_, before, together) =>
    inEveryOrder(
      someCrashes.map((crashes) => ({ content: CONTENT, before, together, crashes })),
      runs.closeCall,
    ),
  );
});
