import fc from "fast-check";
import { it } from "vitest";
import { anyDelivery } from "../support/builders/arbitraries.ts";
import { anyTermCase } from "../support/builders/term-arbitraries.ts";
import { expectAsTold } from "../support/oracles/terms/expect-as-told.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const open = sqliteStore();

it("with terms, waivers, resets, voids and links, in any order and batches, the service says what the oracle tells", async () => {
  const cases = anyTermCase({ minLength: 1 });
  await holds(
    fc.asyncProperty(cases, anyDelivery(10), (drawn, delivery) => expectAsTold(open().store, { ...drawn, delivery })),
    RUNS.sqlite.history,
  );
});

it("with limits of attempts as well, and grants, which have a say when an attempt arrives, it says so too", async () => {
  const cases = anyTermCase({ minLength: 1, maxLength: 12, limits: true });
  await holds(
    fc.asyncProperty(cases, anyDelivery(12), (drawn, delivery) =>
      expectAsTold(open().store, { ...drawn, delivery, areAlone: true }),
    ),
    RUNS.sqlite.history,
  );
});

it("with claims as well, which are judged by the facts under all ids when they arrive, it says so too", async () => {
  const cases = anyTermCase({ minLength: 1, maxLength: 12, terms: false, claims: true, limits: true });
  await holds(
    fc.asyncProperty(cases, anyDelivery(12), (drawn, delivery) =>
      expectAsTold(open().store, { ...drawn, delivery, areAlone: true }),
    ),
    RUNS.sqlite.history,
  );
});
