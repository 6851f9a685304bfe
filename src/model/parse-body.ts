import { AppError } from "./errors.ts";

/** 256 KB: what SNS and SQS carry, so that an event fits wherever it must wait. */
export const MAX_BODY_BYTES = 256 * 1024;
/** No event is deeper; what is, would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 32;

/** The JSON value in a body that came as text, as a queue's message does. @throws AppError for a body that is none */
export function parseBody(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw tooLarge();
  return parseJson(() => text);
}

export const tooLarge = () =>
  new AppError(
    "PAYLOAD_TOO_LARGE",
    `The body is larger than ${MAX_BODY_BYTES / 1024} KB. Send fewer events at a time.`,
  );

/** The JSON value in a text that is small enough. @param textOf may throw where there is none */
export function parseJson(textOf: () => string): unknown {
  try {
    const text = textOf();
    if (depthOf(text) > MAX_DEPTH) throw new SyntaxError(`nested more than ${MAX_DEPTH} deep`);
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("INVALID_JSON", `The body cannot be read: ${(error as Error).message}.`);
  }
}

/** How deep arrays and objects are nested in a JSON text, without parsing it. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === "\\" ? 2 : 1;
  return index;
}
