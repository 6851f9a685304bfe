import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { StoreUnderTest } from "../support/processes/stores.ts";

type Item = Record<string, unknown>;

/** Learners are never shared between tests, so that a table can be. */
export const newLearner = (): string => `learner-${randomUUID()}`;

/** An item as it lies in the table, without its keys; undefined where there is none. */
export const rawItem = ({ raw }: StoreUnderTest, learner: string, entity: string) => raw.get(learner, entity);

/** Puts an item into the table past the store, as somebody else's program might. */
export const putRaw = ({ raw }: StoreUnderTest, learner: string, entity: string, attributes: Item) =>
  raw.put(learner, entity, attributes);

/** Forgets the requests that were made so far. */
export const forgetCalls = ({ calls }: StoreUnderTest): void => void calls?.splice(0);

/** Which requests were made, of a store that makes some: only there a number of requests is a cost. */
export function expectCommands({ calls }: StoreUnderTest, expected: readonly string[]): void {
  if (calls !== undefined) expect(calls.map(({ command }) => command)).toEqual(expected);
}
