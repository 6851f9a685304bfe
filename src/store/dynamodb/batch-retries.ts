import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { backOffMs } from "../../model/back-off.ts";

type RetryStrategy = Extract<DynamoDBClientConfig["retryStrategy"], { acquireInitialRetryToken: unknown }>;

const MAX_ATTEMPTS = 20;
/** Together with the number of attempts: a store may be away for about half a minute. */
const BACK_OFF = { firstMs: 50, longestMs: 5_000 };

const token = (count: number, delay: number) => ({ getRetryCount: () => count, getRetryDelay: () => delay });

/**
 * How a long job tries again: each request backs off on its own, with jitter. The SDK's own strategies serve pages: of
 * requests that are throttled for long, one gives up after a hundred, and the other slows to one in two seconds.
 */
export const batchRetries = (): RetryStrategy => ({
  acquireInitialRetryToken: async () => token(0, 0),
  async refreshRetryTokenForRetry(previous, { errorType }) {
    const count = previous.getRetryCount() + 1;
    if (errorType === "CLIENT_ERROR" || count >= MAX_ATTEMPTS) throw new Error("Not worth another attempt");
    return token(count, backOffMs(count, BACK_OFF));
  },
  recordSuccess() {},
});
