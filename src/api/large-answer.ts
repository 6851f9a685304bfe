import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import { AppError } from "../model/errors.ts";
import { carriedBytes, MAX_ANSWER_BYTES } from "../service/read/answer-size.ts";
import { acceptsGzip } from "./accepts-gzip.ts";

/** Below that, what gzip saves is not worth its time. */
const COMPRESSED_FROM_BYTES = 64 * 1024;

/**
 * A JSON answer of which nobody knows how large it is: with gzip, if it is large and its caller takes that.
 * @throws AppError PAYLOAD_TOO_LARGE for one that a Lambda could not hand over
 */
export const largeAnswer = (context: Context, value: unknown): Response => largeText(context, JSON.stringify(value));

/** As `largeAnswer`, of a JSON text. */
export function largeText(context: Context, text: string): Response {
  context.header("Content-Type", "application/json");
  if (text.length < COMPRESSED_FROM_BYTES) return context.body(text);

  context.header("Vary", "Accept-Encoding", { append: true });
  if (!acceptsGzip(context.req.header("accept-encoding"))) {
    if (carriedBytes(text) > MAX_ANSWER_BYTES)
      throw new AppError("PAYLOAD_TOO_LARGE", "The answer is too large. Ask again with Accept-Encoding: gzip.");
    return context.body(text);
  }
  const bytes = gzipSync(text);
  if (carriedBytes(bytes) > MAX_ANSWER_BYTES)
    throw new AppError(
      "PAYLOAD_TOO_LARGE",
      "The answer is too large. Ask for courses, pathways and modules one by one.",
    );
  context.header("Content-Encoding", "gzip");
  return context.body(new Uint8Array(bytes));
}
