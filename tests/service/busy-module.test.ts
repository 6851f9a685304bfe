import { ProvisionedThroughputExceededException } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { formerPartition, type PartitionGate, partitionGate } from "../support/fakes/partition-gate.ts";
import { dynaliteStore, type TestStore } from "../support/processes/stores.ts";

const open = dynaliteStore();

/** A tenth of 10,000 events a second, and of the 1,000 units that a partition takes of them. */
const EVENTS = 1_000;
const UNITS = 100;
const BATCH = 100;

/** Asks a gate about each request, each attempt of it too, as it would go to the store. @returns all that it was asked */
function gated({ client }: TestStore, { decide }: PartitionGate): { body: Record<string, unknown> }[] {
  const seen: { body: Record<string, unknown> }[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = { body: JSON.parse(new TextDecoder().decode((args.request as { body: Uint8Array }).body)) };
      seen.push(request);
      if (decide(request) === "throttle")
        throw new ProvisionedThroughputExceededException({ message: "Beyond what it takes", $metadata: {} });
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
  return seen;
}

it("One module's completions at 10,000 a second are all taken, by partitions of 1,000 units", async () => {
  const gate = partitionGate(UNITS);
  const seen = gated(open(), gate);
  const silent = () => {};
  const ingest = createIngest({
    store: open().store,
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

  expect(gate.refused).toBe(0);
  // One unit each, over all partitions.
  expect([...gate.asked.values()].reduce((sum, units) => sum + units, 0)).toBe(EVENTS);
  expect(gate.asked.size).toBe(16);

  // With one partition for the module, as it was once, most of the same requests are refused.
  const former = partitionGate(UNITS, formerPartition);
  for (const request of seen) former.decide(request);
  expect(former.refused).toBe(EVENTS - UNITS);
});
