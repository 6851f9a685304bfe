import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { connectionTo, type Place } from "../../aws/connection.ts";
import { AppError } from "../../model/errors.ts";
import { batchRetries } from "./batch-retries.ts";

export type ClientOptions = Place & { patience?: Patience };

/** `page`: somebody waits for the answer. `batch`: a long job, which slows down when it is throttled, and goes on. */
export type Patience = "page" | "batch";

const PATIENCE = {
  // A store that takes longer is as good as down, and sending again is safe.
  page: { requestTimeout: 3_000, maxAttempts: 3, retryMode: "standard" },
  batch: { requestTimeout: 20_000, retryStrategy: batchRetries() },
} as const;
const AGENT = { keepAlive: true, maxSockets: 128 };

export function createClient({ patience = "page", ...place }: ClientOptions): DynamoDBDocumentClient {
  const { requestTimeout, ...retries } = PATIENCE[patience];
  const agents = { httpAgent: AGENT, httpsAgent: AGENT };
  const client = new DynamoDBClient({ ...retries, ...connectionTo(place, requestTimeout, agents) });
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
    if (isOfSize(error))
      throw new AppError(
        "MODULE_FULL",
        "What is stored of this learner's module has reached its greatest size. Do not send the event again.",
        { cause: error },
      );
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
