import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AppError } from "../model/errors.ts";

/** `aws`, or the address of a DynamoDB endpoint. Without credentials of its own an endpoint gets made-up ones. */
export type ClientOptions = { endpoint?: string | undefined; region?: string | undefined; hasCredentials?: boolean };

// A page waits for the answer: a store that takes longer is as good as down, and sending again is safe.
const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 3;
const AGENT = { keepAlive: true, maxSockets: 128 };

export function createClient({ endpoint, region, hasCredentials = false }: ClientOptions): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    retryMode: "standard",
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: AGENT,
      httpsAgent: AGENT,
    }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(endpoint !== undefined &&
      !hasCredentials && { credentials: { accessKeyId: "local", secretAccessKey: "local" } }),
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
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
