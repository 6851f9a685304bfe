import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { startDynamoDbLocal } from "../../../src/local/dynamodb-local.ts";
import { bundlePrograms } from "./bundle-programs.ts";

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
  const [local] = await Promise.all([startDynamoDbLocal(), bundlePrograms(programs)]);
  process.env.TEST_PROGRAMS = programs;
  provide("dynamoDbLocal", local?.endpoint);
  return () => {
    local?.process.kill("SIGKILL");
    rmSync(programs, { recursive: true, force: true });
  };
}
