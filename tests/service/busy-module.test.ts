import { expect, it } from "vitest";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { createStore } from "../../src/store/dynamodb/store.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { formerPartition, partitionGate } from "../support/fakes/partition-gate.ts";
import { startStoreProxy } from "../support/fakes/store-proxy.ts";
import { dynaliteStore } from "../support/processes/stores.ts";

const open = dynaliteStore();

/** A tenth of 10,000 events a second, and of the 1,000 units that a partition takes of them. */
const EVENTS = 1_000;
const UNITS = 100;
const BATCH = 100;

it("One module's completions at 10,000 a second are all taken, by partitions of 1,000 units", async () => {
  const { endpoint, tables } = open();
  const proxy = await startStoreProxy(endpoint);
  const gate = partitionGate(UNITS);
  proxy.decide = gate.decide;
  const client = createClient({ endpoint: proxy.endpoint, region: "us-east-1", patience: "batch" });
  const silent = () => {};
  const ingest = createIngest({
    store: createStore(client, tables),
    catalog: fixedCatalog(catalogOf({ "courses/ruby.json": { slug: "ruby", modules: ["strings", "arrays"] } })),
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  const events = Array.from({ length: EVENTS }, (_, index) => ({
    eventName: "learning_module_completed",
    contactIdentifier: { contactId: `learner-${index}` },
    payload: { module_slug: "strings", ts: "2026-01-18T10:00:00Z" },
  }));
  for (let first = 0; first < EVENTS; first += BATCH) {
    const results = await ingest(events.slice(first, first + BATCH));
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  }
  client.destroy();

  expect(gate.refused).toBe(0);
  // One unit each, over all partitions.
  expect([...gate.asked.values()].reduce((sum, units) => sum + units, 0)).toBe(EVENTS);
  expect(gate.asked.size).toBe(16);

  // With one partition for the module, as it was once, most of the same requests are refused.
  const former = partitionGate(UNITS, formerPartition);
  for (const request of proxy.seen) former.decide(request);
  expect(former.refused).toBe(EVENTS - UNITS);
});
