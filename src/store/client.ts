import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AppError } from "../model/errors.ts";
import { batchRetries } from "./batch-retries.ts";

/** `aws`, or the address of a DynamoDB endpoint. Without credentials of its own an endpoint gets made-up ones. */
export type ClientOptions = {
  endpoint?: string | undefined;
  region?: string | undefined;
  hasCredentials?: boolean;
  patience?: Patience;
};

/** `page`: somebody waits for the answer. `batch`: a long job, which slows down when it is throttled, and goes on. */
export type Patience = "page" | "batch";

const CONNECT_TIMEOUT_MS = 1_000;
const PATIENCE = {
  // A store that takes longer is as good as down, and sending again is safe.
  page: { requestTimeout: 3_000, maxAttempts: 3, retryMode: "standard" },
  batch: { requestTimeout: 20_000, retryStrategy: batchRetries() },
} as const;
const AGENT = { keepAlive: true, maxSockets: 128 };

export function createClient({
  endpoint,
  region,
  hasCredentials = false,
  patience = "page",
}: ClientOptions): DynamoDBDocumentClient {
  const { requestTimeout, ...retries } = PATIENCE[patience];
  const client = new DynamoDBClient({
    ...retries,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout,
      throwOnRequestTimeout: true,
      httpAgent: AGENT,
      httpsAgent: AGENT,
    }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(endpoint !== undefined &&
      !hasCredentials && { credentials: { accessKeyId: "local", secretAccessKey: "local" } }),
  });
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
