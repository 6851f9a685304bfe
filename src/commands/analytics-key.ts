import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../process/environment.ts";
import { makeFolder } from "../store/make-folder.ts";
import { StartError } from "./start-error.ts";

const FILE = "analytics-key";

/**
 * The key that pseudonyms are made with: ANALYTICS_KEY, or else one in the data folder, made when it is first needed.
 * @throws StartError when the folder cannot be written
 */
export function analyticsKey({ analyticsKey: given, dataDir }: Environment): string {
  if (given !== undefined) return given;
  const path = join(dataDir, FILE);
  try {
    makeFolder(dataDir);
    // "wx": of two that make a key at once, the second takes the first one's.
    writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST")
      throw new StartError(
        `No key can be kept in ${dataDir}: ${message}. Set ANALYTICS_KEY, or DATA_DIR to a folder that can be written.`,
      );
  }
  const key = readFileSync(path, "utf8").trim();
  if (key.length < 16) throw new StartError(`${path} holds no key. Restore it; another key makes other pseudonyms.`);
  return key;
}
