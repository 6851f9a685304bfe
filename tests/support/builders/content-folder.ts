import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Content, contentFiles } from "./catalogs.ts";

/** A content folder that is gone when the test is over. */
export function contentFolder(content: Content): string {
  const folder = mkdtempSync(join(tmpdir(), "waymark-content-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const { file, text } of contentFiles(content)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}
