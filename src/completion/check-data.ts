import type { ModuleDefinition } from "../catalog/catalog.ts";
import { faultsOfData } from "../catalog/validate-data.ts";
import { firstFaults } from "../model/errors.ts";
import type { Refusal } from "./refusal.ts";

export const MAX_COMPLETION_DATA_BYTES = 32 * 1024;

/** Attempts are kept as they were sent; as JSON text, which may be longer than what was sent. */
export function checkSize(name: string, data: unknown): Refusal | undefined {
  if (Buffer.byteLength(JSON.stringify(data)) <= MAX_COMPLETION_DATA_BYTES) return undefined;
  const reason = `${name} is larger than ${MAX_COMPLETION_DATA_BYTES / 1024} KB`;
  return { accepted: false, code: "PAYLOAD_TOO_LARGE", reason };
}

/** Whether completion data are what a module asks for; one without a schema, or one that is not known, takes all. */
export function checkData(
  module: ModuleDefinition | undefined,
  data: unknown,
  moduleSlug: string | undefined,
): Refusal | undefined {
  const tooLarge = checkSize("completion_data", data);
  if (tooLarge || module?.completionData === undefined) return tooLarge;
  const errors = faultsOfData(module.completionData, data).map(({ path, message }) => ({
    path: ["payload.completion_data", path].filter(Boolean).join("."),
    message,
  }));
  if (errors.length === 0) return undefined;
  return {
    accepted: false,
    code: "SCHEMA_VALIDATION_FAILED",
    reason: `The completion data are not what the module ${moduleSlug} asks for`,
    ...firstFaults(errors),
  };
}
