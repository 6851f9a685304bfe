import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname, "../../..");

/** Where a program lies, which is named by its source: bundled during a test run, else its source. */
export function programOf(source: string): string {
  const bundled = process.env.TEST_PROGRAMS;
  return bundled === undefined ? join(PROJECT, source) : join(bundled, source.replace(/\.ts$/, ".mjs"));
}
