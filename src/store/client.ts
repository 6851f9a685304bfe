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

/** Runs one store call. Whatever it throws is the store's failure, and worth sending the request again. */
export async function call<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
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
