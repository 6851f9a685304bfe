/** A Lambda answers at most 6 MB, headers and the JSON around the body with it. */
export const MAX_ANSWER_BYTES = 6 * 1024 * 1024 - 64 * 1024;

/** What a part of an answer comes to: a Lambda hands on bytes as base64, and a text as a text within JSON. */
export const carriedBytes = (part: string | Uint8Array): number =>
  typeof part === "string" ? Buffer.byteLength(JSON.stringify(part)) : Math.ceil(part.length / 3) * 4;
