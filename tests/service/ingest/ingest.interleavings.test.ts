import { randomUUID } from "node:crypto";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import type { Store } from "../../../src/store/store.ts";
import { anyCatalog, anyHistory, NOW, ofRun } from "../../support/builders/arbitraries.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { ingestUnder } from "../../support/builders/ingest.ts";
import { at } from "../../support/builders/times.ts";
import { anyCrashes, broken, type Crash, type Perform, performerOf, stepwise } from "../../support/fakes/stepwise.ts";
import { withoutPauses } from "../../support/fakes/without-pauses.ts";
import {
  type CatalogContent,
  type Claim,
  contentOf,
  expectedOf,
  flagsIn,
  newlyCompletedIn,
  type SentEvent,
  statementOf,
  storedIn,
} from "../../support/oracles/oracle.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { dynaliteStore, type TestStore } from "../../support/processes/stores.ts";
import { countCases } from "../../support/vitest/cases.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS, type Runs } from "../../support/vitest/runs.ts";

withoutPauses();

const dynalite = dynaliteStore();
const sqlite = sqliteStore();
let opened: TestStore;
beforeAll(() => {
  opened = dynalite();
});

/** What is done at once and never half: an interleaving is an order of these. */
type Steps = {
  name: string;
  storeOf: (perform: Perform) => Store;
  /** The same store with nobody in the way. */
  undisturbed: () => Store;
  runs: Runs;
};

const ON_DYNALITE = { undisturbed: () => opened.store, runs: RUNS.dynalite.interleaving };

const STEPS: Steps[] = [
  {
    name: "calls of SQLite",
    storeOf: (perform) => stepwise(sqlite().store, perform),
    undisturbed: () => sqlite().store,
    runs: RUNS.sqlite.interleaving,
  },
  {
    name: "requests to DynamoDB",
    ...ON_DYNALITE,
    storeOf: (perform) => storeOver(perform, (command) => command),
  },
  {
    // As of a learner with more than a megabyte: what is written behind the reader goes unseen.
    name: "requests, a Query of one item a page",
    ...ON_DYNALITE,
    storeOf: (perform) =>
      storeOver(perform, (command) =>
        // The same command, because what reads its answer is attached to it.
        command instanceof QueryCommand ? Object.assign(command, { input: { ...command.input, Limit: 1 } }) : command,
      ),
  },
];

function storeOver(perform: Perform, changed: (command: object) => object): Store {
  const { client, tables } = opened;
  const send = (command: object) =>
    perform(command.constructor.name, () => client.send(changed(command) as QueryCommand));
  return createStore(Object.create(client, { send: { value: send } }), tables);
}

const someCrashes = anyCrashes({ steps: 24, most: 3 });

const ingestInto = (store: Store, content: CatalogContent) => ingestUnder(store, catalogOf(contentOf(content)));

type Case = {
  content: CatalogContent;
  /** What happened before, one after the other. */
  before: SentEvent[];
  /** What happens at once: requests, each of one event or a batch. */
  together: SentEvent[][];
  crashes: Crash[];
};

/** @param sizes of the requests that happen at once */
const anyCase = (claims: number, sizes: fc.Arbitrary<number[]>): fc.Arbitrary<Case> =>
  fc
    .record({
      content: anyCatalog({ modules: 3, courses: 2, pathways: 2 }),
      history: anyHistory({ learners: 1, claims, onlyCompleting: claims > 0, minLength: 2, maxLength: 9 }),
      sizes,
      crashes: someCrashes,
    })
    .map(({ content, history, sizes, crashes }) => {
      const left = [...history];
      const together = sizes.map((size) => left.splice(-size)).filter((request) => request.length > 0);
      return { content, before: left, together, crashes };
    });
const SINGLE = fc.array(fc.constant(1), { minLength: 2, maxLength: 4 });
const BATCHES = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 3 });

type Answered = { event: SentEvent; answer: EventResult; request: SentEvent[] };

/** @returns the answer to each event, and the learner whose events they were */
async function live(
  { storeOf, undisturbed: storeAlone }: Steps,
  { content, before, together, crashes }: Case,
  scheduler: fc.Scheduler,
): Promise<{ answered: Answered[]; events: SentEvent[] }> {
  opened.calls.length = 0;
  const run = randomUUID().slice(0, 8);
  const answered: Answered[] = [];
  const undisturbed = ingestInto(storeAlone(), content);
  const earlier = before.map((event) => ofRun(run, event));
  const note = (request: SentEvent[], answers: readonly EventResult[]) =>
    answered.push(...request.map((event, index) => ({ event, answer: answers[index] as EventResult, request })));
  for (const event of earlier) note([event], await undisturbed([event]));
  // A claim may have moved a pathway to a later time.
  if (before.some((event) => stated(event).claim)) opened.calls.length = 0;

  const ingest = ingestInto(storeOf(performerOf(scheduler, crashes)), content);
  const resend = performerOf(scheduler, []);
  const sendUntilAnswered = async (request: SentEvent[]): Promise<void> => {
    for (let failures = 0; ; failures++) {
      try {
        note(request, await ingest(request));
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "STORE_UNAVAILABLE" || failures > crashes.length)
          throw error;
        await resend("send again", async () => {});
      }
    }
  };
  const later = together.map((request) => request.map((event) => ofRun(run, event)));
  await scheduler.waitFor(Promise.all(later.map(sendUntilAnswered)));
  // A request that failed may have had more than one write under way.
  await scheduler.waitIdle();
  return { answered, events: [...earlier, ...later.flat()] };
}

/** Every transition that was reported, and by which events. */
function reportersIn(answered: readonly Answered[]): Record<string, string[]> {
  const reporters: Record<string, string[]> = {};
  for (const { answer } of answered)
    for (const entity of newlyCompletedIn(answer))
      reporters[entity] = [...new Set(reporters[entity]).add(String(answer.identity))];
  return reporters;
}

const stated = (event: SentEvent) => statementOf(event, toTimestamp(NOW));

type Lived = Awaited<ReturnType<typeof live>>;

/** What a request states up to one of its events, in order of time; of one moment, in the order sent. */
function statedUpTo(event: SentEvent, request: readonly SentEvent[]): SentEvent[] {
  const inOrder = request.toSorted((a, b) => Date.parse(stated(a).at) - Date.parse(stated(b).at));
  return inOrder.slice(0, inOrder.indexOf(event));
}

/** Nothing lost, nothing invented, nothing reported twice or never; every accepted claim kept, unless another was first. */
async function expectWhole(
  { undisturbed }: Steps,
  { content, before }: Case,
  { answered, events }: Lived,
): Promise<void> {
  const statements = events.map(stated);
  const factsOf = (some: typeof statements) => some.flatMap(({ facts }) => facts);
  const { facts, flags, eventIds } = storedIn(await undisturbed().read(String(statements[0]?.learner)));
  const kept = Object.entries(flags).flatMap(([entity, { claimedAt }]): Claim[] =>
    claimedAt === undefined ? [] : [{ entity, claimedAt }],
  );
  const expected = expectedOf(content, factsOf(statements), kept);
  expect({ facts, flags }).toEqual({ facts: expected.facts, flags: flagsIn(expected) });
  const reporters = Object.entries(eventIds).map(([entity, id]) => [entity, [id]]);
  expect(reportersIn(answered)).toEqual(Object.fromEntries(reporters));

  const claims = answered.flatMap(({ event, answer, request }) => {
    const { claim } = stated(event);
    return claim ? [{ ...claim, event, request, refused: answer.error !== undefined }] : [];
  });
  const accepted = claims.filter(({ refused }) => !refused);
  const entitiesOf = (some: readonly Claim[]) => [...new Set(some.map(({ entity }) => entity))].sort();
  expect(entitiesOf(kept)).toEqual(entitiesOf(accepted));
  for (const { entity, claimedAt } of kept)
    expect(accepted).toContainEqual(expect.objectContaining({ entity, claimedAt }));
  const earlier = factsOf(statements.slice(0, before.length));
  for (const { entity, event, request, refused } of claims) {
    if (!refused || events.indexOf(event) < before.length) continue;
    const known = [...earlier, ...factsOf(statedUpTo(event, request).map(stated))];
    expect(flagsIn(expectedOf(content, known, []))).not.toHaveProperty([entity]);
  }
}

/** Facts alone only ever move a pathway's completion to an earlier time. */
function expectNoDelay(): void {
  const latest = new Map<string, string>();
  for (const { command, input, failed } of opened.calls) {
    const { entity } = (input.Key ?? {}) as { entity?: string };
    const { ":completed_at": completedAt } = (input.ExpressionAttributeValues ?? {}) as { ":completed_at"?: string };
    if (command !== "UpdateItem" || failed || completedAt === undefined || !entity?.startsWith("PATHWAY#")) continue;
    expect([completedAt, latest.get(entity) ?? completedAt].sort()[0]).toBe(completedAt);
    latest.set(entity, completedAt);
  }
}

const completed = (module_slug: string, clock: string): SentEvent =>
  sent("learning_module_completed", { module_slug }, clock);
const claimed = (course_slug: string, clock: string): SentEvent =>
  sent("learning_course_completed", { course_slug }, clock);
const sent = (eventName: string, fields: object, clock: string): SentEvent => ({
  eventName,
  contactIdentifier: { contactId: "one" },
  payload: { ...fields, ts: at(clock) },
});

const COURSE_AND_MODULE: CatalogContent = {
  courses: [{ slug: "ruby", modules: ["strings"] }],
  pathways: [{ slug: "web", courses: ["ruby"], modules: ["git"] }],
};
const ANY_MODULE: CatalogContent = {
  courses: [],
  pathways: [{ slug: "web", modules: ["strings", "git", "css"], completion: { rule: "at-least", count: 1 } }],
};
type CloseCall = [name: string, content: CatalogContent, before: SentEvent[], together: (SentEvent | SentEvent[])[]];
const CLOSE_CALLS: CloseCall[] = [
  [
    "a claim moves a course while its pathway is completed",
    COURSE_AND_MODULE,
    [completed("strings", "10:00")],
    [claimed("ruby", "10:04"), completed("git", "10:00")],
  ],
  [
    "a claim moves a course to where its pathway is, while that moves away",
    COURSE_AND_MODULE,
    [completed("strings", "10:00"), completed("git", "10:03")],
    [claimed("ruby", "10:03"), completed("git", "10:01")],
  ],
  [
    "the last of a course and the last of its pathway",
    COURSE_AND_MODULE,
    [],
    [completed("strings", "10:00"), completed("git", "10:00")],
  ],
  [
    "a pathway is completed twice over",
    ANY_MODULE,
    [],
    [completed("git", "10:05"), completed("css", "10:03"), completed("strings", "10:01")],
  ],
  [
    "late facts move a pathway",
    ANY_MODULE,
    [completed("strings", "10:09")],
    [completed("git", "10:05"), completed("css", "10:03")],
  ],
  [
    "two late facts of one module",
    COURSE_AND_MODULE,
    [completed("strings", "10:09")],
    [completed("strings", "10:05"), completed("strings", "10:03")],
  ],
  [
    "a claim meets the completion that it claims",
    COURSE_AND_MODULE,
    [completed("strings", "10:00")],
    [completed("git", "10:00"), sent("learning_pathway_completed", { pathway_slug: "web" }, "10:03")],
  ],
  [
    "two claims of one course",
    COURSE_AND_MODULE,
    [completed("strings", "10:00"), completed("git", "10:00")],
    [claimed("ruby", "10:03"), claimed("ruby", "10:04")],
  ],
  [
    "a claim of something else is refused while a course is completed",
    { ...COURSE_AND_MODULE, courses: [...COURSE_AND_MODULE.courses, { slug: "rust", modules: ["borrowing"] }] },
    [],
    [completed("strings", "10:00"), claimed("rust", "10:00")],
  ],
  [
    "a claim of the pathway is refused while its course is completed",
    COURSE_AND_MODULE,
    [],
    [completed("strings", "10:00"), sent("learning_pathway_completed", { pathway_slug: "web" }, "10:00")],
  ],
  [
    "a claim ahead of its facts in a batch, while another event flags the course",
    COURSE_AND_MODULE,
    [],
    [[claimed("ruby", "10:00"), completed("strings", "10:03")], completed("git", "10:00")],
  ],
  [
    "a claim behind its facts in a batch, while another event flags the course",
    COURSE_AND_MODULE,
    [],
    [[completed("strings", "10:00"), claimed("ruby", "10:03")], completed("git", "10:00")],
  ],
  [
    "a claim of the pathway in a batch ahead of its facts, beside another such batch",
    COURSE_AND_MODULE,
    [completed("strings", "09:59")],
    [
      [sent("learning_pathway_completed", { pathway_slug: "web" }, "10:00"), completed("git", "10:03")],
      [claimed("ruby", "10:00"), completed("git", "10:01")],
    ],
  ],
];

describe.each(STEPS)("events of one learner at once, in every order of their $name", (steps) => {
  const inEveryOrder = async (cases: fc.Arbitrary<Case>) => {
    const property = async (drawn: Case, scheduler: fc.Scheduler) => {
      const lived = await live(steps, drawn, scheduler);
      if (!drawn.together.flat().some((event) => stated(event).claim)) expectNoDelay();
      await expectWhole(steps, drawn, lived);

      const again = await ingestInto(steps.undisturbed(), drawn.content)(lived.events);
      const reports = again.map((answer, index) => ({ event: lived.events[index] as SentEvent, answer, request: [] }));
      expect(reportersIn(reports)).toEqual(reportersIn(lived.answered));
    };
    await holds(fc.asyncProperty(cases, fc.scheduler(), property), steps.runs);
  };

  it("complete what their facts complete, whatever breaks", () => inEveryOrder(anyCase(0, SINGLE)));

  it("complete no more by claims, and keep a claim that is accepted", () => inEveryOrder(anyCase(5, SINGLE)));

  it("complete and keep the same in batches", () => inEveryOrder(anyCase(4, BATCHES)));
});

/**
 * Sends the events one after the other, but holds the first up before one of its steps until the others are answered.
 * @returns undefined if it has fewer steps
 */
async function liveHeldUp(
  { storeOf, undisturbed }: Steps,
  content: CatalogContent,
  before: readonly SentEvent[],
  [held = [], ...others]: readonly SentEvent[][],
  { step, crash }: { step: number; crash?: Crash["moment"] },
): Promise<Lived | undefined> {
  opened.calls.length = 0;
  const run = randomUUID().slice(0, 8);
  const requests = [...before.map((event) => [event]), held, ...others].map((request) =>
    request.map((event) => ofRun(run, event)),
  );
  const answered: Answered[] = [];
  const send = async (store: Store, request: SentEvent[]) => {
    const answers = await ingestInto(store, content)(request);
    for (const [index, event] of request.entries())
      answered.push({ event, answer: answers[index] as EventResult, request });
  };
  for (const request of requests.slice(0, before.length)) await send(undisturbed(), request);

  let steps = 0;
  // Nobody may wait for the step that is held up: a look at the learner's id is repeated after a later write.
  let disturbed: Promise<unknown> = Promise.resolve();
  const heldUp = storeOf(async (_, action) => {
    if (steps++ !== step) return action();
    if (crash) return broken(crash, action);
    disturbed = (async () => {
      for (const request of requests.slice(before.length + 1)) await send(undisturbed(), request);
    })();
    await disturbed;
    return action();
  });
  const sending = send(heldUp, requests[before.length] as SentEvent[]);
  await (crash ? sending.catch(() => {}) : sending);
  await disturbed;
  return steps > step ? { answered, events: requests.flat() } : undefined;
}

const eachStep = async (take: (step: number) => Promise<boolean>): Promise<void> => {
  let step = 0;
  while (await take(step)) step++;
  expect(step).toBeGreaterThan(0);
  countCases(step);
};

describe.each(STEPS)("between any two $name of one event", (steps) => {
  it.each(CLOSE_CALLS)("others may happen: %s", async (_, content, before, together) => {
    const requests = together.map((request) => [request].flat());
    for (const held of requests) {
      const others = requests.filter((request) => request !== held);
      await eachStep(async (step) => {
        const lived = await liveHeldUp(steps, content, before, [held, ...others], { step });
        if (lived === undefined) return false;
        if (!requests.flat().some((event) => stated(event).claim)) expectNoDelay();
        await expectWhole(steps, { content, before, together: requests, crashes: [] }, lived);
        return true;
      });
    }
  });

  it.each(["before", "after"] as const)(
    "it may break off, %s one of them, and the learner's next event heals it",
    async (crash) => {
      const before = [completed("git", "10:00")];
      await eachStep(async (step) => {
        const lived = await liveHeldUp(steps, COURSE_AND_MODULE, before, [[completed("strings", "10:03")]], {
          step,
          crash,
        });
        if (lived === undefined) return false;
        const { answered, events } = lived;
        const [, broke] = events as [SentEvent, SentEvent];
        const ingest = ingestInto(steps.undisturbed(), COURSE_AND_MODULE);
        const next = { ...broke, payload: { ...broke.payload, module_slug: "elsewhere" } };
        answered.push({ event: next, answer: (await ingest([next]))[0] as EventResult, request: [next] });

        const { facts, flags } = storedIn(await steps.undisturbed().read(stated(broke).learner));
        const wasRecorded = "module/strings" in facts;
        expect(Object.keys(flags).sort()).toEqual(wasRecorded ? ["course/ruby", "pathway/web"] : []);

        answered.push({ event: broke, answer: (await ingest([broke]))[0] as EventResult, request: [broke] });
        await expectWhole(
          steps,
          { content: COURSE_AND_MODULE, before, together: [[broke], [next]], crashes: [] },
          {
            answered,
            events: [...events, next],
          },
        );
        return true;
      });
    },
  );
});
