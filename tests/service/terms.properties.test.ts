import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { holderJson, moduleJson } from "../../src/api/wire.ts";
import type { Catalog } from "../../src/catalog/catalog.ts";
import type { Missing } from "../../src/completion/completion.ts";
import type { HolderType } from "../../src/model/entity.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { readHolder } from "../../src/service/read/read.ts";
import { readModule } from "../../src/service/read/read-module.ts";
import type { Store } from "../../src/store/store.ts";
import { anyDelivery, batchesOf, type Delivery } from "../support/builders/arbitraries.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { ASKED, anyTermCase } from "../support/builders/term-arbitraries.ts";
import type { SentEvent } from "../support/oracles/oracle.ts";
import type { ContentJson } from "../support/oracles/terms/content.ts";
import { received, type Short } from "../support/oracles/terms/sent.ts";
import { type Told, tell } from "../support/oracles/terms/terms-oracle.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const open = sqliteStore();
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Events of learners whom no other run has: ids keep their order. */
function ofRun(run: string, { event, ...how }: Short): Short {
  const idOf = ({ contactId }: { contactId?: string }) => ({ contactId: `${run}.${contactId}` });
  const { alias, ...payload } = event.payload ?? {};
  return {
    ...how,
    event: {
      ...event,
      contactIdentifier: idOf(event.contactIdentifier),
      payload: { ...payload, ...(alias !== undefined && { alias: idOf(alias as { contactId?: string }) }) },
    },
  };
}

const REFUSED = ["COMPLETION_NOT_REACHED", "UNKNOWN_COURSE", "UNKNOWN_PATHWAY"];

/** Sends batches; a claim that is ahead of the facts, or of nothing known, is refused, and nothing else is. */
async function send(store: Store, catalog: Catalog, batches: readonly SentEvent[][]): Promise<void> {
  const ingest = createIngest({ store, catalog: fixedCatalog(catalog), log, now: () => Date.parse(ASKED) });
  for (const batch of batches)
    for (const { error } of await ingest(batch)) if (error && !REFUSED.includes(error.code)) throw error;
}

const missingOf = (missing: readonly Missing[]) => missing.map(({ type, slug }) => `${type}/${slug}`);

/** What the service says of a learner, as it answers, in the oracle's words. */
async function readBy(store: Store, catalog: Catalog, learner: string, told: Told) {
  const holder = async (type: HolderType, slug: string) => {
    const view = holderJson(await readHolder(store, catalog, learner, { type, slug }));
    const isOpen = !["completed", "expired"].includes(view.status);
    return {
      completed: view.completed,
      completed_at: view.completed_at,
      status: isOpen ? "open" : view.status,
      source: view.completed ? view.completion_source : null,
      progress: view.progress,
      missing: missingOf(view.missing),
      settled: view.settled,
    };
  };
  const module = async (slug: string) => {
    const { completed_at, missing } = moduleJson(await readModule(store, catalog, learner, slug), "all");
    return { completed_at, missing: missingOf(missing) };
  };
  const each = async <T>(slugs: object, read: (slug: string) => Promise<T>) =>
    Object.fromEntries(await Promise.all(Object.keys(slugs).map(async (slug) => [slug, await read(slug)] as const)));
  return {
    modules: await each(told.modules, module),
    courses: await each(told.courses, (slug) => holder("course", slug)),
    pathways: await each(told.pathways, (slug) => holder("pathway", slug)),
  };
}

/** The same of what the oracle tells, as far as the service says it. */
function expectedOf({ modules, courses, pathways }: Told) {
  const mapped = <T, R>(some: Record<string, T>, map: (one: T) => R): Record<string, R> =>
    Object.fromEntries(Object.entries(some).map(([slug, one]) => [slug, map(one)]));
  const holders = (some: Told["courses"]) =>
    mapped(some, ({ completed, completed_at, status, source, progress, missing }) => ({
      completed,
      completed_at,
      status,
      source,
      progress,
      missing,
      settled: true,
    }));
  return {
    modules: mapped(modules, ({ completed_at, missing }) => ({ completed_at, missing })),
    courses: holders(courses),
    pathways: holders(pathways),
  };
}

/** Sends events in an order and in batches, and holds what the service says of every learner to the oracle. */
async function expectAsTold(
  files: ContentJson,
  events: readonly Short[],
  delivery: Delivery,
  inOrder: (batches: Short[][]) => Short[][] = (batches) => batches,
): Promise<void> {
  const run = randomUUID().slice(0, 8);
  const own = events.map((short) => ofRun(run, short));
  const batches = inOrder(batchesOf(own, delivery));
  const catalog = catalogOf(files).at(ASKED);
  const { store } = open();
  await send(
    store,
    catalog,
    batches.map((batch) => batch.map(({ event }) => event)),
  );
  for (const [learner, told] of Object.entries(tell(files, received(batches.flat(), ASKED), ASKED)))
    expect(await readBy(store, catalog, learner, told)).toEqual(expectedOf(told));
}

it("whatever the order, repetition and batches, the service says what the oracle tells", async () => {
  await holds(
    fc.asyncProperty(
      anyTermCase({ minLength: 1, links: false, decisions: false }),
      anyDelivery(10),
      ({ files, events }, delivery) => expectAsTold(files, events, delivery),
    ),
    RUNS.sqlite.history,
  );
});

it("with claims, which are judged when they arrive, it says so as well", async () => {
  const alone = (batches: Short[][]) => batches.flat().map((short) => [short]);
  await holds(
    fc.asyncProperty(
      anyTermCase({ minLength: 1, links: false, decisions: false, claims: true }),
      anyDelivery(10),
      ({ files, events }, delivery) => expectAsTold(files, events, delivery, alone),
    ),
    RUNS.sqlite.history,
  );
});
