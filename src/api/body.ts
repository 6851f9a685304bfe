import type { Context } from "hono";
import { AppError } from "../model/errors.ts";

/** 256 KB: what SNS and SQS carry, so that an event fits wherever it must wait. */
const MAX_BODY_BYTES = 256 * 1024;
/** So much of a body without a length is read and thrown away, so that its sender lives to see the answer. */
const MAX_DISCARDED_BYTES = 8 * 1024 * 1024;
/** No event is deeper; what is, would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 32;

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
  return parseBody(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

/** The JSON value in a body that came as text: a queue's message. @throws AppError for a body that is none */
export function parseText(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw tooLarge();
  return parseBody(() => text);
}

const tooLarge = () =>
  new AppError(
    "PAYLOAD_TOO_LARGE",
    `The body is larger than ${MAX_BODY_BYTES / 1024} KB. Send fewer events at a time.`,
  );

function parseBody(textOf: () => string): unknown {
  try {
    const text = textOf();
    if (depthOf(text) > MAX_DEPTH) throw new SyntaxError(`nested more than ${MAX_DEPTH} deep`);
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("INVALID_JSON", `The body cannot be read: ${(error as Error).message}.`);
  }
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

/** How deep arrays and objects are nested in a JSON text, without parsing it. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === "\\") index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}
