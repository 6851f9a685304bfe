import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import type { Missing } from "../../src/completion/completion.ts";
import { snakeKeys } from "../../src/model/case.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { readModule } from "../../src/service/read/read-module.ts";
import { readSummary } from "../../src/service/read/read-summary.ts";
import type { Store } from "../../src/store/store.ts";
import { anyDelivery, batchesOf } from "../support/builders/arbitraries.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { ASKED, anyTermCase } from "../support/builders/term-arbitraries.ts";
import type { SentEvent } from "../support/oracles/oracle.ts";
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

async function send(store: Store, catalog: Catalog, batches: readonly SentEvent[][]): Promise<void> {
  const ingest = createIngest({ store, catalog: fixedCatalog(catalog), log, now: () => Date.parse(ASKED) });
  for (const batch of batches)
    for (const result of await ingest(batch)) if (result.error) throw new Error(JSON.stringify(result.error));
}

const missingOf = (missing: readonly Missing[]) => missing.map(({ type, slug }) => `${type}/${slug}`);

/** What the service says of a learner, in the oracle's words. */
async function readBy(store: Store, catalog: Catalog, learner: string, { modules }: Told) {
  const { courses, pathways } = await readSummary(store, catalog, learner, {});
  const holders = (some: typeof courses) =>
    Object.fromEntries(
      some.map(({ entity, state, status, progress, missing, settled }) => [
        entity.slug,
        {
          completed: status === "completed",
          completed_at: state.flag?.completedAt ?? null,
          progress: snakeKeys(progress),
          missing: missingOf(missing),
          settled,
        },
      ]),
    );
  const read = await Promise.all(
    Object.keys(modules).map(async (slug) => {
      const { completedAt = null, missing } = await readModule(store, catalog, learner, slug);
      return [slug, { completed_at: completedAt, missing: missingOf(missing) }] as const;
    }),
  );
  return { modules: Object.fromEntries(read), courses: holders(courses), pathways: holders(pathways) };
}

/** The same of what the oracle tells, as far as the service says it. */
function expectedOf({ modules, courses, pathways }: Told) {
  const holders = (some: Told["courses"]) =>
    Object.fromEntries(
      Object.entries(some).map(([slug, { completed, completed_at, progress, missing }]) => [
        slug,
        { completed, completed_at, progress, missing, settled: true },
      ]),
    );
  const ofModules = Object.entries(modules).map(([slug, { completed_at, missing }]) => [
    slug,
    { completed_at, missing },
  ]);
  return { modules: Object.fromEntries(ofModules), courses: holders(courses), pathways: holders(pathways) };
}

it("whatever the order, repetition and batches, the service says what the oracle tells", async () => {
  await holds(
    fc.asyncProperty(
      anyTermCase({ minLength: 1, links: false, decisions: false }),
      anyDelivery(10),
      async ({ files, events }, delivery) => {
        const run = randomUUID().slice(0, 8);
        const own = events.map((short) => ofRun(run, short));
        const catalog = catalogOf(files).at(ASKED);
        const { store } = open();
        await send(
          store,
          catalog,
          batchesOf(
            own.map(({ event }) => event),
            delivery,
          ),
        );
        for (const [learner, told] of Object.entries(tell(files, received(own, ASKED), ASKED)))
          expect(await readBy(store, catalog, learner, told)).toEqual(expectedOf(told));
      },
    ),
    RUNS.history.sqlite,
  );
});
