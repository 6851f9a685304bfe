import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteItems } from "../../../src/service/deletion/delete-items.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import { Deletions } from "../../../src/service/deletion/deletions.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { createScanner } from "../../../src/store/dynamodb/scan.ts";
import type { Item } from "../../../src/store/items.ts";
import type { Store } from "../../../src/store/store.ts";
import { within } from "../../support/builders/arbitraries.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { emptyTables, putItems, remainsOf, tombstonesIn } from "../../support/oracles/remains.ts";
import { backfill } from "../../support/processes/backfill.ts";
import { dynaliteStore, type TestStore } from "../../support/processes/stores.ts";

// A pause before another round is no step of its own; without the clock, a seed always gives the same order.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const RUNS = { numRuns: 300, timeLimitMs: 8_000 };
const MINUTE = 60_000;

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "git"] },
  "pathways/web.json": { slug: "web", courses: ["ruby"] },
  "modules/git/completion.json": { review_items: [{ id: "add", front: "add", back: "stage" }] },
});

const dynalite = dynaliteStore();
let opened: TestStore;
beforeAll(() => {
  opened = dynalite();
});

const ONE = "one/é@example.com";
/** Whose items are never touched: the id begins with the other's. */
const BYSTANDER = `${ONE}2`;
const LOOKED_AFTER: [table: "progress" | "records", item: Item][] = [
  ["progress", { learner_id: BYSTANDER, entity: "MODULE#strings", completed_at: at("10:00") }],
  ["records", { learner_id: BYSTANDER, record: "SESSION#s", session_id: "s", session_type: "module" }],
];

beforeEach(async () => {
  await fresh();
});
async function fresh() {
  await emptyTables(opened);
  for (const [table, item] of LOOKED_AFTER) await putItems(opened, table, [item]);
  // What a year has left; the flags of course and pathway are missing.
  await putItems(opened, "progress", [
    { learner_id: ONE, entity: "MODULE#strings", completed_at: at("09:00") },
    { learner_id: ONE, entity: "MODULE#git", completed_at: at("09:30") },
    { learner_id: ONE, entity: "PROFILE", viewed_at: at("09:00"), content_type: "article", slug: "a" },
  ]);
  await putItems(opened, "records", [
    { learner_id: ONE, record: `ATTEMPT#${at("09:00")}#e`, module_slug: "strings", occurred_at: at("09:00") },
  ]);
}

type Perform = <T>(label: string, action: () => Promise<T>) => Promise<T>;

const storeOf = (perform: Perform): Store =>
  Object.fromEntries(
    (Object.entries(opened.store) as [string, (...given: never[]) => Promise<unknown>][]).map(([name, method]) => [
      name,
      (...given: never[]) => perform(name, () => method(...given)),
    ]),
  ) as unknown as Store;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A process of the service, with its own memory of who has been deleted. */
function startProcess(perform: Perform, now: () => number) {
  const store = storeOf(perform);
  const deletions = new Deletions({ store, log: silent, now });
  const catalog = fixedCatalog(CATALOG);
  const ingest = createIngest({ store, catalog, deletions, log: silent, now: () => Date.parse(at("12:00")) });
  return {
    store,
    deletions,
    send: async (index: number, learner = ONE) => {
      const [eventName, payload] = EVENTS[index] as (typeof EVENTS)[number];
      const event = { eventName, eventId: `event-${index}`, contactIdentifier: { contactId: learner }, payload };
      const [result] = await ingest([event]);
      return result?.error?.code ?? "accepted";
    },
    remove: () => deleteLearner(store, deletions, ONE),
    backfill: async () => {
      const scanner = createScanner(opened.client, opened.tables);
      const segment = async function* (...given: Parameters<typeof scanner.segment>) {
        const pages = scanner.segment(...given);
        for (;;) {
          const { done, value } = await perform("scan", () => pages.next());
          if (done) return;
          yield value;
        }
      };
      const { client, tables } = opened;
      await backfill({ client, tables, store }, CATALOG, {
        scanner: { ...scanner, segment },
        deletions,
        segments: 1,
      });
    },
  };
}

const ts = at("11:00");
const EVENTS = [
  ["learning_module_completed", { module_slug: "git", ts }],
  ["learning_module_started", { module_slug: "git", course_slug: "ruby", ts: at("08:00") }],
  ["learning_task_submitted", { module_slug: "git", task_slug: "quiz", score: 50, ts }],
  ["learning_item_reviewed", { module_slug: "git", item_id: "add", rating: "good", ts }],
  ["learning_session_started", { session_id: "s1", session_type: "module", ts }],
  ["learning_page_viewed", { content_type: "module", slug: "git", ts }],
  ["learning_course_completed", { course_slug: "ruby", ts }],
] as const;

const broken = (error: unknown) => error instanceof AppError && error.code === "STORE_UNAVAILABLE";

/** Again until it is answered, as a client does. */
async function untilAnswered<T>(action: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await action();
    } catch (error) {
      if (!broken(error)) throw error;
    }
}

/** Nothing of the learner is left but a tombstone that does not say who it was; and nobody else has lost anything. */
async function expectGone(): Promise<void> {
  expect(await remainsOf(opened, ONE)).toEqual([]);
  await expectOthersWhole();
}
async function expectOthersWhole(): Promise<void> {
  const bystander = await remainsOf(opened, BYSTANDER);
  expect(bystander).toEqual(["progress MODULE#strings", "records SESSION#s"]);
  const tombstones = await tombstonesIn(opened);
  expect(tombstones.length).toBeGreaterThan(0);
  for (const tombstone of tombstones) {
    expect(Object.keys(tombstone).sort()).toEqual(["entity", "learner_id"]);
    expect(tombstone.entity).toMatch(/^2026-[^#]{19}#[0-9a-f]{64}$/);
    expect(JSON.stringify(tombstone)).not.toContain("one");
  }
}

type Action =
  | { kind: "event"; event: number; process: 0 | 1 }
  | { kind: "delete"; process: 0 | 1 }
  | { kind: "backfill" };
type Case = { actions: Action[]; crashes: { step: number; moment: "before" | "after" }[]; ticks: boolean[] };

const process = fc.constantFrom(0 as const, 1 as const);
const anyEvent = fc.record({ kind: fc.constant("event" as const), event: fc.nat(EVENTS.length - 1), process });
const anyDelete = fc.record({ kind: fc.constant("delete" as const), process });
const anyCase: fc.Arbitrary<Case> = fc.record({
  actions: fc
    .tuple(
      anyDelete,
      fc.array(fc.oneof({ arbitrary: anyEvent, weight: 5 }, anyDelete, fc.constant({ kind: "backfill" as const })), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([deletion, others]): Action[] => [...others, deletion]),
  crashes: fc.uniqueArray(
    fc.record({ step: fc.nat({ max: 30 }), moment: fc.constantFrom("before" as const, "after" as const) }),
    { selector: ({ step }) => step, maxLength: 3 },
  ),
  ticks: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
});

/** Does everything at once, in the order of the schedule. @returns the processes, whose store is undisturbed from then on */
async function live({ actions, crashes, ticks }: Case, scheduler: fc.Scheduler) {
  let step = 0;
  let over = false;
  const perform: Perform = async (label, action) => {
    if (over) return action();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let outcome: Awaited<ReturnType<typeof action>> | undefined;
    await scheduler.schedule(promise, label, undefined, async (end) => {
      const crash = crashes.find((planned) => planned.step === step);
      step++;
      const unavailable = () => new AppError("STORE_UNAVAILABLE", "The connection broke");
      const run = async () => {
        if (crash?.moment === "before") throw unavailable();
        outcome = await action();
        if (crash) throw unavailable();
      };
      await run().then(resolve, reject);
      await end();
    });
    return outcome as Awaited<ReturnType<typeof action>>;
  };
  const clock = () => {
    let asked = 0;
    let time = Date.parse(at("12:00"));
    let minutes = 0;
    return () => {
      // A write that a failed request has left on its way arrives within a minute: two looks do not overtake it.
      if (ticks[asked++ % ticks.length] && (crashes.length === 0 || minutes++ < 1)) time += MINUTE;
      return time;
    };
  };
  const processes = [startProcess(perform, clock()), startProcess(perform, clock()), startProcess(perform, clock())];
  const [first, second, third] = processes as [Running, Running, Running];
  const doing = actions.map((action) => {
    if (action.kind === "backfill") return untilAnswered(() => third.backfill());
    const at = action.process === 0 ? first : second;
    return untilAnswered<unknown>(() => (action.kind === "event" ? at.send(action.event) : at.remove()));
  });
  await scheduler.waitFor(Promise.all(doing));
  await scheduler.waitIdle();
  over = true;
  return processes;
}
type Running = ReturnType<typeof startProcess>;

const undisturbed: Perform = (_, action) => action();
const noon = () => Date.parse(at("12:00"));

describe("Deletions, events and backfills of one learner at once, in every order of their calls of the store", () => {
  const inEveryOrder = async (check: (processes: Running[]) => Promise<void>) => {
    const property = within(RUNS.timeLimitMs, async (drawn: Case, scheduler: fc.Scheduler) => {
      await fresh();
      await check(await live(drawn, scheduler));
    });
    await fc.assert(fc.asyncProperty(anyCase, fc.scheduler(), property), { numRuns: RUNS.numRuns });
  };

  it("leave nothing, when every process of the service has looked again", async () => {
    await inEveryOrder(async ([first, second]) => {
      // A backfill has looked after its last write.
      const service = [first, second].filter((running) => running !== undefined);
      for (const { deletions } of service) await deletions.look();
      await expectGone();
      for (const { send } of service) expect(await send(0)).toBe("LEARNER_DELETED");
      await expectGone();
    });
  });

  it("leave nothing for who deletes again, whoever died meanwhile", async () => {
    await inEveryOrder(async () => {
      const { deletedAt } = await startProcess(undisturbed, noon).remove();
      const first = (await tombstonesIn(opened)).map(({ entity }) => String(entity)).sort()[0];
      expect(first).toContain(deletedAt);
      await expectGone();
    });
  });

  it("leave no flag and no fact behind a backfill, whoever died meanwhile", async () => {
    await inEveryOrder(async () => {
      await startProcess(undisturbed, noon).backfill();
      // A scan of progress does not see the history.
      expect((await remainsOf(opened, ONE)).filter((name) => name.startsWith("progress"))).toEqual([]);
      await expectOthersWhole();
    });
  });
});

describe("Between any two calls of the store", () => {
  /** Holds `work` up before each of its calls in turn, does the rest meanwhile, and lets it go on. */
  const atEachCall = async (
    work: (running: Running) => Promise<unknown>,
    meanwhile: () => Promise<unknown>,
    check: (running: Running) => Promise<void>,
  ) => {
    for (let step = 0, reached = true; reached; step++) {
      await fresh();
      let calls = 0;
      reached = false;
      const running = startProcess(async (_, action) => {
        if (calls++ === step) {
          reached = true;
          await meanwhile();
        }
        return action();
      }, noon);
      await work(running);
      if (reached) await check(running);
      else expect(step).toBeGreaterThan(1);
    }
  };

  const writers = EVENTS.flatMap(([name], index) => [
    [name, "has not looked yet", index] as const,
    [name, "looked just before", index] as const,
  ]);
  it.each(writers)("of %s to a process that %s, another may delete the learner", async (_, knowledge, index) => {
    await atEachCall(
      async ({ send, deletions }) => {
        if (knowledge === "looked just before") await deletions.look();
        await send(index);
      },
      () => startProcess(undisturbed, noon).remove(),
      async ({ deletions }) => {
        await deletions.look();
        await expectGone();
      },
    );
  });

  it("of a backfill, somebody may delete the learner", async () => {
    await atEachCall(
      (running) => running.backfill(),
      () => startProcess(undisturbed, noon).remove(),
      expectGone,
    );
  });

  it("of a deletion, another process may take events, and look again", async () => {
    await atEachCall(
      ({ remove }) => remove(),
      async () => {
        const other = startProcess(undisturbed, noon);
        for (const index of EVENTS.keys()) await other.send(index);
        await other.deletions.look();
      },
      expectGone,
    );
  });

  it.each(["before", "after"] as const)(
    "of a deletion, it may break off, %s one; again, it goes on",
    async (moment) => {
      const [first, ...rest] = await collect(async (failAt) => {
        await fresh();
        let calls = 0;
        const { remove } = startProcess(async (_, action) => {
          if (calls++ !== failAt) return action();
          if (moment === "after") await action();
          throw new AppError("STORE_UNAVAILABLE", "The connection broke");
        }, noon);
        const failed = await remove().then(
          () => false,
          () => true,
        );
        await startProcess(undisturbed, noon).remove();
        await expectGone();
        expect(await tombstonesIn(opened)).toHaveLength(1);
        return failed;
      });
      expect(first).toBe(true);
      expect(rest.length).toBeGreaterThan(3);
    },
  );

  const collect = async (take: (step: number) => Promise<boolean>): Promise<boolean[]> => {
    const taken: boolean[] = [];
    for (let step = 0; ; step++) {
      if (!(await take(step))) return taken;
      taken.push(true);
    }
  };

  it("a learner's items are all deleted, and no other's", async () => {
    expect(await deleteItems(opened.store, ONE)).toEqual({ progress: 3, records: 1 });
    expect(await remainsOf(opened, ONE)).toEqual([]);
    expect(await remainsOf(opened, BYSTANDER)).toHaveLength(2);
  });
});
