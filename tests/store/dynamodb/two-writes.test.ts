import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "vitest";
import type { Facts } from "../../../src/model/progress.ts";
import type { Result } from "../../../src/model/result.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import { dynaliteStore } from "../../support/processes/stores.ts";
import { newLearner } from "../raw-items.ts";

const open = dynaliteStore();
const MODULE = { type: "module", slug: "strings" } as const;
const [EARLY, NOON, LATE] = ["10", "12", "14"].map((hour) => `2026-01-18T${hour}:00:00.000Z`) as [
  string,
  string,
  string,
];
const done = (key: string): Result => ({ key, at: NOON, value: true });

/** A store between whose first and second update of an item something else is done. */
function interrupted({ client, tables }: ReturnType<typeof open>, between: () => Promise<unknown>) {
  let updates = 0;
  const send = async (command: never) => {
    if ((command as unknown) instanceof UpdateCommand && ++updates === 2) await between();
    return client.send(command);
  };
  return createStore(Object.create(client, { send: { value: send } }) as DynamoDBDocumentClient, tables);
}

it.each<[string, before: Facts, between: Facts, own: Facts, found: Facts]>([
  [
    "what came in between, and nothing of its own",
    { startedAt: LATE, steps: [done("one")] },
    { tasks: [done("theirs")], steps: [done("two")] },
    { startedAt: EARLY, completedAt: NOON, steps: [done("own")] },
    { startedAt: LATE, steps: [done("one"), done("two")], tasks: [done("theirs")] },
  ],
  [
    "a result that was there before, though it says it, too",
    { startedAt: LATE, steps: [done("one")] },
    {},
    { startedAt: EARLY, steps: [done("one")] },
    { startedAt: LATE, steps: [done("one")] },
  ],
  [
    "an even better time that came in between",
    { startedAt: LATE },
    { startedAt: EARLY, tasks: [done("theirs")] },
    { startedAt: NOON },
    { startedAt: EARLY, tasks: [done("theirs")] },
  ],
])("a write that takes two finds %s", async (_, before, between, own, found) => {
  const learner = newLearner();
  const { store } = open();
  await store.addFacts(learner, MODULE, before);
  const others = () => store.addFacts(learner, MODULE, between);
  expect(await interrupted(open(), others).addFacts(learner, MODULE, own)).toEqual({ facts: found });
});
