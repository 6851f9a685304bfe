import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AppError } from "../../src/model/errors.ts";
import { toTimestamp } from "../../src/model/time.ts";
import { catalogSource } from "../../src/service/catalog-source.ts";
import { createIngest, type EventResult } from "../../src/service/ingest.ts";
import { createStore, type Store } from "../../src/store/store.ts";
import { anyCatalog, anyHistory, NOW, ofRun } from "../support/arbitraries.ts";
import { catalogOf } from "../support/catalogs.ts";
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
} from "../support/oracle.ts";
import { openTestStore, startDynalite, type TestStore } from "../support/stores.ts";
import { at } from "../support/times.ts";

// A pause before another round is no step of its own; without the clock, a seed always gives the same order.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

/** The limit is for slow machines: what has run until then counts. */
const RUNS = { numRuns: 150, interruptAfterTimeLimit: 3_500 };
const CLOSE_CALL_RUNS = { numRuns: 40, interruptAfterTimeLimit: 1_000 };

let server: Server;
let opened: TestStore;

beforeAll(async () => {
  const started = await startDynalite();
  server = started.server;
  opened = await openTestStore(started.endpoint);
});
afterAll(() => {
  opened?.client.destroy();
  server?.closeAllConnections();
  server?.close();
});

/** Runs an action when the schedule says so, and to its end before any other. */
type Perform = <T>(label: string, action: () => Promise<T>) => Promise<T>;

/** What is done at once and never half: an interleaving is an order of these. */
type Steps = {
  name: string;
  /** Whether a read sees everything as it was at one moment. */
  snapshot: boolean;
  storeOf: (perform: Perform) => Store;
};

const STEPS: Steps[] = [
  {
    name: "calls of the store",
    snapshot: true,
    storeOf: (perform) =>
      Object.fromEntries(
        Object.entries(opened.store).map(([name, method]: [string, (...given: never[]) => Promise<unknown>]) => [
          name,
          (...given: never[]) => perform(name, () => method(...given)),
        ]),
      ) as Store,
  },
  {
    name: "requests to DynamoDB",
    snapshot: true,
    storeOf: (perform) => storeOver(perform, (command) => command),
  },
  {
    // As of a learner with more than a megabyte: what is written behind the reader goes unseen.
    name: "requests, a Query of one item a page",
    snapshot: false,
    storeOf: (perform) =>
      storeOver(perform, (command) =>
        command instanceof QueryCommand ? new QueryCommand({ ...command.input, Limit: 1 }) : command,
      ),
  },
];

function storeOver(perform: Perform, changed: (command: object) => object): Store {
  const { client, tables } = opened;
  const send = (command: object) =>
    perform(command.constructor.name, () => client.send(changed(command) as QueryCommand));
  return createStore(Object.create(client, { send: { value: send } }), tables);
}

/** The connection breaks at one step: before the store does it, or after, so that only the answer is lost. */
type Crash = { step: number; moment: "before" | "after" };

const someCrashes = fc.uniqueArray(
  fc.record({ step: fc.nat({ max: 24 }), moment: fc.constantFrom("before" as const, "after" as const) }),
  { selector: ({ step }) => step, maxLength: 3 },
);

const brokenConnection = () => new AppError("STORE_UNAVAILABLE", "The connection broke");

function performerOf(scheduler: fc.Scheduler, crashes: readonly Crash[]): Perform {
  let step = 0;
  return async <T>(label: string, action: () => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let outcome: T | undefined;
    await scheduler.schedule(promise, label, undefined, async (end) => {
      const crash = crashes.find((planned) => planned.step === step);
      step++;
      try {
        if (crash?.moment === "before") throw brokenConnection();
        outcome = await action();
        if (crash) throw brokenConnection();
        resolve();
      } catch (error) {
        reject(error);
      }
      await end();
    });
    return outcome as T;
  };
}

const log = { debug() {}, info() {}, warn() {}, error() {} };

function ingestInto(store: Store, content: CatalogContent) {
  const catalog = catalogOf(contentOf(content));
  return createIngest({ store, catalog: catalogSource(catalog, () => ({ ok: true, catalog })), log, now: () => NOW });
}

type Case = {
  content: CatalogContent;
  /** What happened before, one after the other. */
  before: SentEvent[];
  /** What happens at once. */
  together: SentEvent[];
  crashes: Crash[];
};

const anyCase = (claims: number): fc.Arbitrary<Case> =>
  fc
    .record({
      content: anyCatalog({ modules: 3, courses: 2, pathways: 2 }),
      history: anyHistory({ learners: 1, claims, onlyCompleting: claims > 0, minLength: 2, maxLength: 7 }),
      together: fc.integer({ min: 2, max: 4 }),
      crashes: someCrashes,
    })
    .map(({ content, history, together, crashes }) => ({
      content,
      before: history.slice(0, -together),
      together: history.slice(-together),
      crashes,
    }));

type Answered = { event: SentEvent; answer: EventResult };

/** @returns the answer to each event, and the learner whose events they were */
async function live(
  { storeOf }: Steps,
  { content, before, together, crashes }: Case,
  scheduler: fc.Scheduler,
): Promise<{ answered: Answered[]; events: SentEvent[] }> {
  opened.calls.length = 0;
  const run = randomUUID().slice(0, 8);
  const answered: Answered[] = [];
  const undisturbed = ingestInto(opened.store, content);
  const earlier = before.map((event) => ofRun(run, event));
  for (const event of earlier) answered.push({ event, answer: (await undisturbed([event]))[0] as EventResult });

  const ingest = ingestInto(storeOf(performerOf(scheduler, crashes)), content);
  const resend = performerOf(scheduler, []);
  const sendUntilAnswered = async (event: SentEvent): Promise<void> => {
    for (let failures = 0; ; failures++) {
      try {
        answered.push({ event, answer: (await ingest([event]))[0] as EventResult });
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "STORE_UNAVAILABLE" || failures > crashes.length)
          throw error;
        await resend("send again", async () => {});
      }
    }
  };
  const later = together.map((event) => ofRun(run, event));
  await scheduler.waitFor(Promise.all(later.map(sendUntilAnswered)));
  // A request that failed may have had more than one write under way.
  await scheduler.waitIdle();
  return { answered, events: [...earlier, ...later] };
}

/** Every transition that was reported, and by which events. */
function reportersIn(answered: readonly Answered[]): Record<string, string[]> {
  const reporters: Record<string, string[]> = {};
  for (const { answer } of answered)
    for (const entity of newlyCompletedIn(answer))
      reporters[entity] = [...new Set(reporters[entity]).add(String(answer.eventId))];
  return reporters;
}

const stated = (event: SentEvent) => statementOf(event, toTimestamp(NOW));

type Lived = Awaited<ReturnType<typeof live>>;

/** Nothing lost, nothing invented, nothing reported twice or never; every accepted claim kept, unless another was first. */
async function expectWhole({ snapshot }: Steps, { content, before }: Case, { answered, events }: Lived): Promise<void> {
  const statements = events.map(stated);
  const factsOf = (some: typeof statements) => some.flatMap(({ facts }) => facts);
  const { facts, flags, eventIds } = storedIn(await opened.store.read(String(statements[0]?.learner)));
  const kept = Object.entries(flags).flatMap(([entity, { claimedAt }]): Claim[] =>
    claimedAt === undefined ? [] : [{ entity, claimedAt }],
  );
  const expected = expectedOf(content, factsOf(statements), kept);
  expect({ facts, flags }).toEqual({ facts: expected.facts, flags: flagsIn(expected) });
  const reporters = Object.entries(eventIds).map(([entity, id]) => [entity, [id]]);
  expect(reportersIn(answered)).toEqual(Object.fromEntries(reporters));

  const claims = answered.flatMap(({ event, answer }) => {
    const { claim } = stated(event);
    return claim ? [{ ...claim, event, refused: answer.error !== undefined }] : [];
  });
  const claimedFlags = Object.fromEntries(kept.map(({ entity, claimedAt }) => [entity, claimedAt]));
  const accepted = claims.filter(({ refused }) => !refused);
  const entitiesOf = (some: readonly Claim[]) => [...new Set(some.map(({ entity }) => entity))].sort();
  // Of a pathway that is being completed, pages may show the flag and not yet the facts: that claim is accepted too, as
  // one of what is flagged already, and changes nothing.
  const mayBeDropped = ({ entity }: Claim) => !snapshot && entity.startsWith("pathway/") && !(entity in claimedFlags);
  expect(entitiesOf(kept)).toEqual(entitiesOf(accepted.filter((claim) => !mayBeDropped(claim))));
  for (const { entity, claimedAt } of kept)
    expect(accepted).toContainEqual(expect.objectContaining({ entity, claimedAt }));
  const completeBefore = flagsIn(expectedOf(content, factsOf(statements.slice(0, before.length)), []));
  for (const { entity, event, refused } of claims)
    if (refused && events.indexOf(event) >= before.length) expect(completeBefore).not.toHaveProperty([entity]);
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
const CLOSE_CALLS: [name: string, content: CatalogContent, before: SentEvent[], together: SentEvent[]][] = [
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
    "two late facts move a pathway",
    ANY_MODULE,
    [completed("strings", "10:09")],
    [completed("git", "10:05"), completed("css", "10:03"), completed("strings", "10:01")],
  ],
  [
    "a claim meets the completion that it claims",
    COURSE_AND_MODULE,
    [completed("strings", "10:00")],
    [completed("git", "10:00"), sent("learning_pathway_completed", { pathway_slug: "web" }, "10:03")],
  ],
  [
    "a claim of something else is refused while a course is completed",
    COURSE_AND_MODULE,
    [],
    [completed("strings", "10:00"), claimed("rust", "10:00")],
  ],
];

describe.each(STEPS)("events of one learner at once, in every order of their $name", (steps) => {
  const inEveryOrder = async (cases: fc.Arbitrary<Case>, runs: typeof RUNS) => {
    const property = fc.asyncProperty(cases, fc.scheduler(), async (drawn, scheduler) => {
      const lived = await live(steps, drawn, scheduler);
      await expectWhole(steps, drawn, lived);

      const again = await ingestInto(opened.store, drawn.content)(lived.events);
      const reports = again.map((answer, index) => ({ event: lived.events[index] as SentEvent, answer }));
      expect(reportersIn(reports)).toEqual(reportersIn(lived.answered));
    });
    await fc.assert(property, runs);
  };

  it("complete what their facts complete, whatever breaks", () => inEveryOrder(anyCase(0), RUNS));

  it("complete no more by claims, and keep a claim that is accepted", () => inEveryOrder(anyCase(5), RUNS));

  it.each(CLOSE_CALLS)("%s", (_, content, before, together) =>
    inEveryOrder(fc.constant({ content, before, together, crashes: [] }), CLOSE_CALL_RUNS),
  );
});
