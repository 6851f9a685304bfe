import { existsSync, readdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Kind } from "./run-folder.ts";

/**
 * The entries of an array that `RunFolder` wrote, or of one of its parts, one at a time. The file is closed also where its
 * reader has had enough.
 */
export async function* readEntries<T>(path: string): AsyncGenerator<T> {
  const file = await open(path);
  try {
    for await (const line of file.readLines({ autoClose: false })) {
      const entry = entryIn<T>(line);
      if (entry !== undefined) yield entry;
    }
  } finally {
    await file.close();
  }
}

/** The entries of a kind that the segments of a run have written which did not finish, segment by segment. */
export async function* readParts<T>(path: string, kind: Kind): AsyncGenerator<T> {
  const parts = join(path, "parts");
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  for (const name of names.filter((part) => part.startsWith(`${kind}-`))) yield* readEntries<T>(join(parts, name));
}

/** The brackets of the array are no entries; nor is the last line of a part, if a kill has cut it off. */
export function entryIn<T>(line: string): T | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line.replace(/,$/, "")) as T;
  } catch {
    return undefined;
  }
}
