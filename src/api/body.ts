import type { Context } from "hono";
import { AppError } from "../model/errors.ts";
import { MAX_BODY_BYTES, parseJson, tooLarge } from "../model/parse-body.ts";

/** So much of a body without a length is read and thrown away, so that its sender lives to see the answer. */
const MAX_DISCARDED_BYTES = 8 * 1024 * 1024;

// text/plain is what navigator.sendBeacon sends without a preflight.
const MEDIA_TYPES = ["application/json", "text/plain"];

/** The JSON value in a request's body. @throws AppError for a body that is none */
export async function readJson(context: Context): Promise<unknown> {
  const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type && !MEDIA_TYPES.includes(type))
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", `Send ${MEDIA_TYPES.join(" or ")}, not ${type.slice(0, 100)}.`);
  const encoding = context.req.header("content-encoding");
  if (encoding && encoding !== "identity")
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the body as it is, without Content-Encoding.");

  const bytes = await readBytes(context.req.raw).catch((cause: unknown) => {
    throw new AppError("INVALID_JSON", "The body ended before its end.", { cause });
  });
  if (bytes === undefined) throw tooLarge();
  return parseJson(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

/**
 * A body is read to its end or not touched at all: one that is left half read makes the server cut the connection,
 * under the sender's hands or under its next request.
 * @returns undefined for one that is too large
 */
async function readBytes(request: Request): Promise<Uint8Array | undefined> {
  const length = request.headers.get("content-length");
  if (Number(length) > MAX_BODY_BYTES) return undefined;
  if (length !== null) return new Uint8Array(await request.arrayBuffer());

  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (size > MAX_DISCARDED_BYTES) break;
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}
