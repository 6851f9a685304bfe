import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { startDynamoDbLocal } from "../../../src/local/dynamodb-local.ts";
import { bundlePrograms } from "./bundle-programs.ts";
import { SURROUNDINGS } from "./surroundings.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where DynamoDB Local listens; none where there is no Java. */
    dynamoDbLocal: string | undefined;
  }
}

const CACHE = resolve(import.meta.dirname, "../../../node_modules/.cache");

export default async function setup({ provide }: TestProject): Promise<() => void> {
  mkdirSync(CACHE, { recursive: true });
  const programs = mkdtempSync(`${CACHE}/test-programs-`);
  // Outside of the project, so that what is built finds no package but those that are in it.
  const builds = mkdtempSync(join(SURROUNDINGS.TMPDIR ?? tmpdir(), "waymark-builds-"));
  const [local] = await Promise.all([startDynamoDbLocal(), bundlePrograms(programs)]);
  Object.assign(process.env, { TEST_PROGRAMS: programs, TEST_BUILDS: builds });
  provide("dynamoDbLocal", local?.endpoint);
  return () => {
    local?.process.kill("SIGKILL");
    for (const folder of [programs, builds]) rmSync(folder, { recursive: true, force: true });
  };
}
