import fc from "fast-check";
import { it } from "vitest";
import { anyDelivery } from "../support/builders/arbitraries.ts";
import { anyTermCase } from "../support/builders/term-arbitraries.ts";
import { expectAsTold } from "../support/oracles/terms/expect-as-told.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const open = sqliteStore();

it("with terms, waivers, resets and voids, in any order and batches, the service says what the oracle tells", async () => {
  const cases = anyTermCase({ minLength: 1, links: false });
  await holds(
    fc.asyncProperty(cases, anyDelivery(10), (drawn, delivery) => expectAsTold(open().store, { ...drawn, delivery })),
    RUNS.sqlite.history,
  );
});
