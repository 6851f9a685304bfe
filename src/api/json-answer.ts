import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError } from "../model/errors.ts";
import { carriedBytes, MAX_ANSWER_BYTES } from "../service/read/answer-size.ts";
import { acceptsGzip } from "./accepts-gzip.ts";

/** Below that, what gzip saves is not worth its time. */
const COMPRESSED_FROM = 1_024;
/** A character of a text comes to three bytes at most, also in a Lambda's answer. */
const MAX_BYTES_PER_CHARACTER = 3;

/** Node's own module takes a while to load, and most answers are small. */
async function compress(text: string): Promise<Buffer> {
  const { gzip } = await import("node:zlib");
  return new Promise((done, failed) => gzip(text, (error, bytes) => (error ? failed(error) : done(bytes))));
}

type Head = { status: ContentfulStatusCode; type: string; headers?: Record<string, string> };
const OK: Head = { status: 200, type: "application/json" };

/**
 * A JSON answer, with gzip where it is large enough and its caller takes that.
 * @throws AppError PAYLOAD_TOO_LARGE for one that a Lambda could not hand over
 */
export const jsonAnswer = (context: Context, value: unknown, head?: Head): Promise<Response> =>
  textAnswer(context, JSON.stringify(value), head);

/** As `jsonAnswer`, of a JSON text. */
export async function textAnswer(
  context: Context,
  text: string,
  { status, type, headers }: Head = OK,
): Promise<Response> {
  const as = (more?: Record<string, string>) => ({ "Content-Type": type, ...headers, ...more });
  if (text.length < COMPRESSED_FROM || !acceptsGzip(context.req.header("accept-encoding"))) {
    if (text.length * MAX_BYTES_PER_CHARACTER > MAX_ANSWER_BYTES && carriedBytes(text) > MAX_ANSWER_BYTES)
      throw new AppError("PAYLOAD_TOO_LARGE", "The answer is too large. Ask again with Accept-Encoding: gzip.");
    return context.body(text, status, as());
  }
  const bytes = await compress(text);
  if (carriedBytes(bytes) > MAX_ANSWER_BYTES)
    throw new AppError(
      "PAYLOAD_TOO_LARGE",
      "The answer is too large. Ask for courses, pathways and modules one by one.",
    );
  return context.body(new Uint8Array(bytes), status, as({ "Content-Encoding": "gzip" }));
}
