import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { joinedIds, type Link, learnerAmong, standingLinks } from "../../../src/model/link.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteItems } from "../../../src/service/deletion/delete-items.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import { ofLearner } from "../../../src/service/identity/reading-store.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { settleCandidate } from "../../../src/service/jobs/settle-for-run.ts";
import { readHolder } from "../../../src/service/read/read.ts";
import { readCompletions } from "../../../src/service/read/read-completions.ts";
import type { Store } from "../../../src/store/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { withoutPauses } from "../../support/fakes/without-pauses.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS } from "../../support/vitest/runs.ts";

withoutPauses();

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "git"] },
  "courses/tools.json": { slug: "tools", modules: ["git", "shell"] },
  "pathways/web.json": { slug: "web", courses: ["ruby", "tools"] },
  "modules/shell/completion.json": { steps: ["in", "out"] },
});
const IDS = ["a", "b", "c"];

const sqlite = sqliteStore();
const silent = { debug() {}, info() {}, warn() {}, error() {} };

type Action =
  | { kind: "mark"; id: string; module: string; minute: number }
  | { kind: "void"; id: string; module: string; minute: number }
  | { kind: "step"; id: string; step: string; minute: number }
  | { kind: "link"; learner: string; alias: string; minute: number; withdrawn: boolean }
  | { kind: "backfill"; id: string };

const id = fc.constantFrom(...IDS);
const minute = fc.nat({ max: 5 });
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("mark" as const), id, module: fc.constantFrom("strings", "git"), minute }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("void" as const), id, module: fc.constantFrom("strings", "git"), minute }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("step" as const), id, step: fc.constantFrom("in", "out"), minute }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("link" as const),
      learner: id,
      alias: id,
      minute,
      withdrawn: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("backfill" as const), id }) },
);

/** Marks of one module at one moment have one event_id, whoever sent them. */
const eventIdOf = ({ module, minute }: { module: string; minute: number }) => `${module}-${minute}`;
const timeOf = (value: number) => at(`10:0${value}`);

/** What actions come to, whatever their order: of each id the learner, and when that learner completed what. */
function expectedOf(actions: readonly Action[], learners: string) {
  const named = (one: string) => `${one}-${learners}`;
  const links = actions.flatMap((action): Link[] =>
    action.kind === "link"
      ? [
          {
            learner: named(action.learner),
            alias: named(action.alias),
            at: timeOf(action.minute),
            withdrawn: action.withdrawn,
          },
        ]
      : [],
  );
  const standing = standingLinks(links);
  return IDS.map(named).map((one) => {
    const ids = joinedIds(one, standing);
    const earliest = (isIt: (action: Action) => boolean) =>
      actions
        .flatMap((action) =>
          "id" in action && "minute" in action && ids.includes(named(action.id)) && isIt(action)
            ? [timeOf(action.minute)]
            : [],
        )
        .sort()[0];
    const all = (...times: (string | undefined)[]) => (times.includes(undefined) ? undefined : times.sort().at(-1));
    const voided = actions.flatMap((action) =>
      action.kind === "void" && ids.includes(named(action.id)) ? [eventIdOf(action)] : [],
    );
    const marked = (module: string) =>
      earliest((action) => action.kind === "mark" && action.module === module && !voided.includes(eventIdOf(action)));
    const stepped = (step: string) => earliest((action) => action.kind === "step" && action.step === step);
    const shell = all(stepped("in"), stepped("out"));
    const ruby = all(marked("strings"), marked("git"));
    const tools = all(marked("git"), shell);
    return {
      id: one,
      learner: learnerAmong(ids, standing),
      ruby,
      tools,
      web: all(ruby, tools),
      shell,
      git: marked("git"),
    };
  });
}

async function actualOf(store: Store, learners: string) {
  return Promise.all(
    IDS.map(async (one) => {
      const asked = `${one}-${learners}`;
      const { store: joined, named } = ofLearner(store, asked);
      const timeIn = async (type: "course" | "pathway", slug: string) => {
        const { state, settled } = await readHolder(joined, CATALOG, asked, { type, slug });
        expect(settled).toBe(true);
        return state.flag?.completedAt;
      };
      const [ruby, tools, web] = await Promise.all([
        timeIn("course", "ruby"),
        timeIn("course", "tools"),
        timeIn("pathway", "web"),
      ]);
      return { id: asked, learner: await named, ruby, tools, web };
    }),
  );
}

/** Who is on a list, and since when. */
async function listOf(store: Store, type: "module" | "course" | "pathway", slug: string, learners: string) {
  const { completions } = await readCompletions(store, CATALOG, { type, slug }, { limit: 1_000 });
  return completions
    .filter(({ learnerId }) => learnerId.endsWith(learners))
    .map(({ learnerId, completedAt }) => `${learnerId} ${completedAt}`)
    .sort();
}

type Perform = <T>(action: () => Promise<T>) => Promise<T>;

const storeOf = (perform: Perform): Store =>
  Object.fromEntries(
    (Object.entries(sqlite().store) as [string, (...given: never[]) => Promise<unknown>][]).map(([name, method]) => [
      name,
      (...given: never[]) => (name === "completionData" ? method(...given) : perform(() => method(...given))),
    ]),
  ) as unknown as Store;

/** A process of the service, which remembers who is linked. */
const processOn = (store: Store) => ({
  store,
  ingest: createIngest({ store, catalog: fixedCatalog(CATALOG), log: silent, now: () => Date.parse(at("12:00")) }),
});
type Process = ReturnType<typeof processOn>;

async function act(action: Action, { store, ingest }: Process, learners: string): Promise<void> {
  const named = (one: string) => `${one}-${learners}`;
  const send = async (contactId: string, eventName: string, payload: object, eventId?: string) => {
    const contactIdentifier = { contactId: named(contactId) };
    const event = { eventName: `learning_${eventName}`, contactIdentifier, payload, ...(eventId && { eventId }) };
    // Again until it is answered, as a client does.
    for (;;) {
      const [result] = await ingest([event]).catch((error: unknown) => {
        if (error instanceof AppError && error.code === "STORE_UNAVAILABLE") return [];
        throw error;
      });
      if (result === undefined) continue;
      expect(result.error).toBeUndefined();
      return;
    }
  };
  if (action.kind === "backfill") {
    const policy = { catalog: CATALOG, revoke: true, revokeUnknown: false, dryRun: false, recordedAt: at("12:00") };
    const trail = { intended: new Map(), announce: () => {} };
    await settleCandidate(store, policy, { learnerId: named(action.id) }, trail);
    return;
  }
  const ts = timeOf(action.minute);
  if (action.kind === "mark")
    await send(action.id, "module_completed", { module_slug: action.module, ts }, eventIdOf(action));
  if (action.kind === "void")
    await send(action.id, "event_voided", { event_id: eventIdOf(action), reason: "A mistake", ts });
  if (action.kind === "step")
    await send(action.id, "module_progressed", { module_slug: "shell", step: action.step, ts });
  if (action.kind === "link") {
    const { learner, alias, withdrawn } = action;
    const payload = {
      alias: { contactId: named(alias) },
      reason: "The same person",
      ts,
      ...(withdrawn && { withdrawn }),
    };
    await send(learner, "identity_linked", payload);
  }
}

async function expectRight(actions: readonly Action[], learners: string): Promise<void> {
  const { store } = sqlite();
  const expected = expectedOf(actions, learners);
  expect(await actualOf(store, learners)).toEqual(expected.map(({ shell: _, git: __, ...one }) => one));
  const listed = (what: "ruby" | "tools" | "web" | "shell" | "git") =>
    [...new Set(expected.flatMap((one) => (one[what] ? [`${one.learner} ${one[what]}`] : [])))].sort();
  expect(await listOf(store, "course", "ruby", learners)).toEqual(listed("ruby"));
  expect(await listOf(store, "course", "tools", learners)).toEqual(listed("tools"));
  expect(await listOf(store, "pathway", "web", learners)).toEqual(listed("web"));
  expect(await listOf(store, "module", "shell", learners)).toEqual(listed("shell"));
  expect(await listOf(store, "module", "git", learners)).toEqual(listed("git"));
  // A list is looked at whole, and must not grow with the cases.
  for (const one of IDS) await deleteItems(store, `${one}-${learners}`);
}

it("Links, withdrawals and events one after the other come to the same in every order", async () => {
  await holds(
    fc.asyncProperty(fc.array(anyAction, { minLength: 1, maxLength: 9 }), async (actions) => {
      const learners = randomUUID();
      // Two of them, so that what one remembers is not always so.
      const processes = [processOn(sqlite().store), processOn(sqlite().store)];
      for (const [index, action] of actions.entries()) await act(action, processes[index % 2] as Process, learners);
      await expectRight(actions, learners);
    }),
    RUNS.sqlite.interleaving,
  );
});

it("Links, withdrawals, events and backfills at once come to the same in every order of their calls of the store", async () => {
  await holds(
    fc.asyncProperty(
      fc.array(anyAction, { maxLength: 3 }),
      fc.array(anyAction, { minLength: 2, maxLength: 4 }),
      fc.scheduler(),
      async (earlier, actions, scheduler) => {
        const learners = randomUUID();
        for (const action of earlier) await act(action, processOn(sqlite().store), learners);
        const store = storeOf(async (call) => {
          await scheduler.schedule(Promise.resolve());
          return call();
        });
        const processes = [processOn(store), processOn(store)];
        const sent = actions.map((action, index) => act(action, processes[index % 2] as Process, learners));
        await scheduler.waitFor(Promise.all(sent));
        await expectRight([...earlier, ...actions], learners);
      },
    ),
    RUNS.sqlite.interleaving,
  );
});

it("A deletion beside links and events leaves nothing of any id that was linked before it was answered", async () => {
  const others = fc.array(anyAction, { minLength: 1, maxLength: 4 });
  await holds(
    fc.asyncProperty(others, id, fc.scheduler(), async (actions, deleted, scheduler) => {
      const learners = randomUUID();
      const named = (one: string) => `${one}-${learners}`;
      const { store: plain } = sqlite();
      const before = processOn(plain);
      await act({ kind: "mark", id: "a", module: "git", minute: 1 }, before, learners);
      await act({ kind: "link", learner: "b", alias: "a", minute: 0, withdrawn: false }, before, learners);
      const store = storeOf(async (call) => {
        await scheduler.schedule(Promise.resolve());
        return call();
      });
      const process = processOn(store);
      const sent = actions.map((action) =>
        act(action, process, learners).catch((error: unknown) => {
          // It is refused, since the learner is gone.
          expect(String(error)).toMatch(/LEARNER_DELETED|has been deleted/);
        }),
      );
      await scheduler.waitFor(Promise.all([deleteLearner(store, named(deleted)), ...sent]));
      for (const one of IDS) {
        const { deletedAt, links = [] } = await plain.identity(named(one));
        if (deletedAt === undefined) {
          // Nobody is linked any more with one who is gone.
          for (const link of links)
            for (const other of [link.learner, link.alias])
              expect((await plain.identity(other)).deletedAt).toBeUndefined();
          continue;
        }
        expect(links).toEqual([]);
        for (const table of ["progress", "records"] as const)
          expect(await plain.someKeys(named(one), table)).toEqual([]);
      }
    }),
    RUNS.sqlite.closeCall,
  );
});
