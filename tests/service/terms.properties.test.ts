import fc from "fast-check";
import { it } from "vitest";
import { anyDelivery } from "../support/builders/arbitraries.ts";
import { anyTermCase } from "../support/builders/term-arbitraries.ts";
import { expectAsTold } from "../support/oracles/terms/expect-as-told.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const open = sqliteStore();

it("whatever the order, repetition and batches, the service says what the oracle tells", async () => {
  const cases = anyTermCase({ minLength: 1, links: false, decisions: false });
  await holds(
    fc.asyncProperty(cases, anyDelivery(10), (drawn, delivery) => expectAsTold(open().store, { ...drawn, delivery })),
    RUNS.sqlite.history,
  );
});

it("with claims, which are judged when they arrive, it says so as well", async () => {
  const cases = anyTermCase({ minLength: 1, links: false, decisions: false, claims: true });
  await holds(
    fc.asyncProperty(cases, anyDelivery(10), (drawn, delivery) =>
      expectAsTold(open().store, { ...drawn, delivery, areAlone: true }),
    ),
    RUNS.sqlite.history,
  );
});
