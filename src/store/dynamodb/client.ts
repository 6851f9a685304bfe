import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { connectionTo, type Place } from "../../aws/connection.ts";
import { AppError } from "../../model/errors.ts";
import { itemFull } from "../item-full.ts";
import type { Patience } from "../open-store.ts";
import { batchRetries } from "./batch-retries.ts";
import { boundInFlight, MAX_IN_FLIGHT } from "./in-flight.ts";

export type ClientOptions = Place & { patience?: Patience };

const PATIENCE = {
  // A store that takes longer is as good as down, and sending again is safe.
  page: { requestTimeout: 3_000, maxAttempts: 3, retryMode: "standard", turn: 10_000 },
  batch: { requestTimeout: 20_000, retryStrategy: batchRetries(), turn: Number.POSITIVE_INFINITY },
} as const satisfies Record<Patience, object>;
const AGENT = { keepAlive: true, maxSockets: MAX_IN_FLIGHT };
/** A process that is busy itself looks late at a connection that has long been made. */
const CONNECTION_TIMEOUT_MS = 3_000;

export function createClient({ patience = "page", ...place }: ClientOptions): DynamoDBDocumentClient {
  const { requestTimeout, turn, ...retries } = PATIENCE[patience];
  const sockets = { httpAgent: AGENT, httpsAgent: AGENT, connectionTimeout: CONNECTION_TIMEOUT_MS };
  const client = new DynamoDBClient({ ...retries, ...connectionTo(place, requestTimeout, sockets) });
  boundInFlight(client, turn);
  // Nobody reads what it logs, and it copies every request and answer for it.
  client.middlewareStack.remove("loggerMiddleware");
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    // Without it a number beyond 2^53 comes as a bigint, or fails the whole answer.
    unmarshallOptions: { wrapNumbers: Number },
  });
}

/** DynamoDB and those that stand for it word it differently: "Item size to update has exceeded the maximum allowed size". */
const isOfSize = (error: unknown): boolean =>
  error instanceof Error && error.name === "ValidationException" && /item size.*exceeded/i.test(error.message);

/**
 * Runs one store call. Whatever it throws is the store's failure, and worth sending the request again; but for an item
 * that is full, which is so the next time as well.
 */
export async function call<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (isOfSize(error)) throw itemFull(error);
    throw new AppError(
      "STORE_UNAVAILABLE",
      "The store did not take the request. Send it again, all of it: that is safe.",
      { cause: error },
    );
  }
}

/** As `call`, but a condition that does not hold is an outcome, not a failure. */
export async function conditionally<T>(request: Promise<T>): Promise<T | "lost"> {
  return call(
    request.catch((error: unknown) => {
      if (error instanceof ConditionalCheckFailedException) return "lost" as const;
      throw error;
    }),
  );
}
