import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { decoding } from "./decoding.ts";
import type { OpenRows, Row } from "./rows.ts";

/** The documents of a file with one on each line, one at a time. */
export async function readNdjson(file: string): Promise<OpenRows> {
  return { layout: { format: "ndjson" }, rows: rowsOf(file) };
}

async function* rowsOf(file: string): AsyncGenerator<Row> {
  const text = new PassThrough();
  const read = pipeline(createReadStream(file), decoding(undefined), text);
  // It is waited for at the end; until then a failure must not count as unhandled.
  read.catch(() => {});
  let [number, line, bytes] = [0, 0, 0];
  for await (const json of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    bytes += Buffer.byteLength(json) + 1;
    if (json.trim() !== "") yield { number: ++number, line, bytes, ...documentOf(json) };
  }
  await read;
}

function documentOf(json: string) {
  try {
    return { document: JSON.parse(json) as unknown };
  } catch (error) {
    return { code: "INVALID_JSON" as const, fault: (error as Error).message };
  }
}
