import { hasValidator } from "./data-validator.ts";

export { faultsOfData, type JsonSchema } from "./data-validator.ts";

/** The validator is as large as all the rest: a function that never gets completion data starts without it. */
export async function loadValidator(): Promise<void> {
  if (!hasValidator()) await import("./completion-data.ts");
}
