import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteItems } from "../../../src/service/deletion/delete-items.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import type { Item } from "../../../src/store/items.ts";
import type { Store } from "../../../src/store/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { withoutPauses } from "../../support/fakes/without-pauses.ts";
import { remainsOf, tombstonesIn } from "../../support/oracles/remains.ts";
import { backfill } from "../../support/processes/backfill.ts";
import { describePropertyStores, type StoreUnderTest } from "../../support/processes/stores.ts";
import { countCases } from "../../support/vitest/cases.ts";
import { holds } from "../../support/vitest/property.ts";

withoutPauses();

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "git"] },
  "pathways/web.json": { slug: "web", courses: ["ruby"] },
  "modules/git/completion.json": { review_items: [{ id: "add", front: "add", back: "stage" }] },
});

let opened: StoreUnderTest;

const ONE = "one/é@example.com";
/** Whose items are never touched: the id begins with the other's. */
const BYSTANDER = `${ONE}2`;
const LOOKED_AFTER: [table: "progress" | "records", item: Item][] = [
  ["progress", { learner_id: BYSTANDER, entity: "MODULE#strings", completed_at: at("10:00") }],
  ["records", { learner_id: BYSTANDER, record: "SESSION#s", session_id: "s", session_type: "module" }],
];

async function fresh() {
  await opened.raw.clear();
  for (const [table, item] of LOOKED_AFTER) await opened.raw.putAll(table, [item]);
  // What a year has left; the flags of course and pathway are missing.
  await opened.raw.putAll("progress", [
    { learner_id: ONE, entity: "MODULE#strings", completed_at: at("09:00") },
    { learner_id: ONE, entity: "MODULE#git", completed_at: at("09:30") },
    { learner_id: ONE, entity: "PROFILE", viewed_at: at("09:00"), content_type: "article", slug: "a" },
  ]);
  await opened.raw.putAll("records", [
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

/** A process of the service; its calls of the store go through `perform`. */
function startProcess(perform: Perform) {
  const store = storeOf(perform);
  const catalog = fixedCatalog(CATALOG);
  const ingest = createIngest({ store, catalog, log: silent, now: () => Date.parse(at("12:00")) });
  return {
    store,
    send: async (index: number, learner = ONE) => {
      const [eventName, payload] = EVENTS[index] as (typeof EVENTS)[number];
      const event = { eventName, eventId: `event-${index}`, contactIdentifier: { contactId: learner }, payload };
      const [result] = await ingest([event]);
      return result?.error?.code ?? "accepted";
    },
    remove: () => deleteLearner(store, ONE, noon),
    backfill: async () => {
      const scanner = opened.scanner();
      const segment = async function* (...given: Parameters<typeof scanner.segment>) {
        const pages = scanner.segment(...given);
        for (;;) {
          const { done, value } = await perform("scan", () => pages.next());
          if (done) return;
          yield value;
        }
      };
      await backfill(opened, CATALOG, { store, scanner: { ...scanner, segment }, segments: 1 });
    },
  };
}

const ts = at("11:00");
const reason = "because";
const EVENTS = [
  ["learning_module_completed", { module_slug: "git", ts }],
  ["learning_module_started", { module_slug: "git", course_slug: "ruby", ts: at("08:00") }],
  ["learning_task_submitted", { module_slug: "git", task_slug: "quiz", score: 50, ts }],
  ["learning_item_reviewed", { module_slug: "git", item_id: "add", rating: "good", ts }],
  ["learning_session_started", { session_id: "s1", session_type: "module", ts }],
  ["learning_page_viewed", { content_type: "module", slug: "git", ts }],
  ["learning_course_completed", { course_slug: "ruby", ts }],
  ["learning_module_waived", { module_slug: "strings", reason, ts }],
  ["learning_pathway_waived", { pathway_slug: "web", reason, withdrawn: true, ts }],
  ["learning_event_voided", { event_id: "event-0", reason, ts }],
  ["learning_attempts_granted", { module_slug: "git", task_slug: "quiz", count: 1, reason, ts }],
  ["learning_course_reset", { course_slug: "ruby", reason, ts }],
] as const;

const isBroken = (error: unknown) => {
  if (error instanceof AppError && error.code === "STORE_UNAVAILABLE") return;
  throw error;
};

/** Again until it is answered, as a client does. */
async function untilAnswered<T>(action: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await action();
    } catch (error) {
      isBroken(error);
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
    expect(Object.keys(tombstone).sort()).toEqual(["deleted_at", "entity", "learner_id"]);
    expect(tombstone.learner_id).toMatch(/^.identity#[0-9a-f]{64}$/);
    expect(JSON.stringify(tombstone)).not.toContain("one");
  }
}

type Action =
  /** Where the sender dies after the first answer, whatever it was, nobody sends the event again. */
  | { kind: "event"; event: number; process: 0 | 1; isRepeated: boolean }
  | { kind: "delete"; process: 0 | 1 }
  | { kind: "backfill" };
type Case = { actions: Action[]; crashes: { step: number; moment: "before" | "after" }[] };

const process = fc.constantFrom(0 as const, 1 as const);
const anyEvent = fc.record({
  kind: fc.constant("event" as const),
  event: fc.nat(EVENTS.length - 1),
  process,
  isRepeated: fc.boolean(),
});
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
});

/** Does everything at once, in the order of the schedule. The store is undisturbed from then on. */
async function live({ actions, crashes }: Case, scheduler: fc.Scheduler) {
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
  const [first, second, third] = [startProcess(perform), startProcess(perform), startProcess(perform)];
  const doing = actions.map((action) => {
    if (action.kind === "backfill") return untilAnswered(() => third.backfill());
    const at = action.process === 0 ? first : second;
    if (action.kind === "delete") return untilAnswered(() => at.remove());
    return action.isRepeated ? untilAnswered(() => at.send(action.event)) : at.send(action.event).catch(isBroken);
  });
  await scheduler.waitFor(Promise.all(doing));
  await scheduler.waitIdle();
  over = true;
}
type Running = ReturnType<typeof startProcess>;

const undisturbed: Perform = (_, action) => action();
const noon = () => Date.parse(at("12:00"));

describePropertyStores("Of one learner", ({ newStore, runs }) => {
  const open = newStore();
  beforeAll(() => {
    opened = open();
  });
  beforeEach(fresh);

  describe("deletions, events, decisions and backfills at once, in every order of their calls of the store", () => {
    const inEveryOrder = async (check: () => Promise<void>, cases = anyCase) => {
      const property = async (drawn: Case, scheduler: fc.Scheduler) => {
        await fresh();
        await live(drawn, scheduler);
        await check();
      };
      await holds(fc.asyncProperty(cases, fc.scheduler(), property), runs.interleaving);
    };
    const repeated = (action: Action): Action => (action.kind === "event" ? { ...action, isRepeated: true } : action);

    it("leave nothing as soon as everything is answered", async () => {
      const everyoneAsksAgain = anyCase.map((drawn) => ({ ...drawn, actions: drawn.actions.map(repeated) }));
      await inEveryOrder(async () => {
        await expectGone();
        expect(await startProcess(undisturbed).send(0)).toBe("LEARNER_DELETED");
        await expectGone();
      }, everyoneAsksAgain);
    });

    it("leave nothing for who deletes again, whoever died meanwhile", async () => {
      await inEveryOrder(async () => {
        const { deletedAt } = await startProcess(undisturbed).remove();
        expect((await tombstonesIn(opened)).map(({ deleted_at }) => deleted_at)).toEqual([deletedAt]);
        await expectGone();
      });
    });

    it("leave no flag and no fact behind a backfill, whoever died meanwhile", async () => {
      await inEveryOrder(async () => {
        await startProcess(undisturbed).backfill();
        // A scan of progress does not see the history.
        expect((await remainsOf(opened, ONE)).filter((name) => name.startsWith("progress"))).toEqual([]);
        await expectOthersWhole();
      });
    });
  });

  describe("between any two calls of the store", () => {
    /** Holds `work` up before each of its calls in turn, does the rest meanwhile, and lets it go on. */
    const atEachCall = async (
      work: (running: Running) => Promise<unknown>,
      meanwhile: () => Promise<unknown>,
      check: () => Promise<void>,
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
        });
        await work(running);
        if (reached) await check();
        else expect(step).toBeGreaterThan(1);
        if (reached) countCases(1);
      }
    };

    it.each(EVENTS.map(([name], index) => [name, index] as const))(
      "of %s, another process may delete the learner",
      async (_, index) => {
        await atEachCall(
          ({ send }) => send(index),
          () => startProcess(undisturbed).remove(),
          expectGone,
        );
      },
    );

    it("of a backfill, somebody may delete the learner", async () => {
      await atEachCall(
        (running) => running.backfill(),
        () => startProcess(undisturbed).remove(),
        expectGone,
      );
    });

    it("of a deletion, another process may take events", async () => {
      await atEachCall(
        ({ remove }) => remove(),
        async () => {
          const other = startProcess(undisturbed);
          for (const index of EVENTS.keys()) await other.send(index);
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
          });
          const failed = await remove().then(
            () => false,
            () => true,
          );
          await startProcess(undisturbed).remove();
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
        countCases(1);
      }
    };

    it("a learner's items are all deleted, and no other's", async () => {
      expect(await deleteItems(opened.store, ONE)).toEqual({ progress: 3, records: 1 });
      expect(await remainsOf(opened, ONE)).toEqual([]);
      expect(await remainsOf(opened, BYSTANDER)).toHaveLength(2);
    });
  });
});
