import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import pLimit from "p-limit";

/** Requests of one client that are under way at once: each has a socket of its own, and none waits for one. */
export const MAX_IN_FLIGHT = 128;

/**
 * Lets at most MAX_IN_FLIGHT requests of a client be under way. The others wait here, before their time begins to run,
 * because the wait for a socket of ours would count as an outage of the store.
 * @param patience milliseconds after which a request that still waits is given up: those before it are answered that slowly
 */
export function boundInFlight(client: Pick<DynamoDBClient, "middlewareStack">, patience: number): void {
  const limit = pLimit(MAX_IN_FLIGHT);
  client.middlewareStack.add(
    (next) => (args) => {
      const since = performance.now();
      return limit(() => {
        if (performance.now() - since > patience) throw tooSlow(patience);
        return next(args);
      });
    },
    // Inside the retries, so that a request that pauses before its next attempt holds no place; and around the reading of
    // the answer, so that its socket is free when the place is.
    { step: "deserialize", name: "waymarkInFlight", priority: "high", override: true },
  );
}

function tooSlow(patience: number): Error {
  const error = new Error(
    `The store answers so slowly that a request waited ${patience / 1_000} s behind ${MAX_IN_FLIGHT} others`,
  );
  error.name = "TimeoutError";
  return error;
}
