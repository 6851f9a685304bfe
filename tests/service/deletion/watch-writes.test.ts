import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { watchWrites } from "../../../src/service/deletion/watch-writes.ts";
import { at } from "../../support/builders/times.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

const opened = sqliteStore();

it("a limited attempt that still looks before it counts as a write, for whom the last look waits", async () => {
  const looks: PromiseWithResolvers<string>[] = [];
  const { store, lookAfterLastWrite } = watchWrites(opened().store, () => {
    const look = Promise.withResolvers<string>();
    looks.push(look);
    return look.promise;
  });
  const attempt = store.addFacts(
    "ada",
    { type: "module", slug: "exam" },
    { tasks: [{ key: "quiz", at: at("10:00"), value: 80 }] },
    { task: "quiz", identity: "one", most: 1 },
  );
  let isOver = false;
  const last = lookAfterLastWrite().then((seen) => {
    isOver = true;
    return seen;
  });
  for (let turns = 0; turns < 20; turns++) await turn();
  expect([looks.length, isOver]).toEqual([1, false]);
  looks[0]?.resolve("before");
  await attempt;
  while (looks.length === 1) await turn();
  looks[1]?.resolve("after");
  expect(await last).toBe("after");
});
