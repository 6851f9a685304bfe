import type { JsonSchema } from "./data-validator.ts";

/** So many schemas are gone through for one value. With 32 KB of data a schema would have to ask a dozen things of each character. */
const MAX_STEPS = 200_000;

/** The keyword that counts; it stands in every schema within a schema that has been counted. */
export const STEP = "waymark-step";

/** Keywords whose values are no schemas, and may be objects. */
const NO_SCHEMAS = new Set([
  "const",
  "enum",
  "default",
  "examples",
  "dependentRequired",
  "dependencies",
  "$vocabulary",
]);
/** Keywords whose value maps names to schemas: there a name is no keyword. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);

/**
 * A schema that counts how often it, and each schema within it, is gone through. A `$ref` may lead back, and where
 * several ways do, each level of the data doubles the work: the depth that we take would be enough for days.
 */
export function counted(schema: JsonSchema): JsonSchema {
  return typeof schema === "boolean" ? schema : (within(schema) as object);
}

function within(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(within);
  if (typeof schema !== "object" || schema === null) return schema;
  return {
    ...Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, ofKeyword(key, value)])),
    [STEP]: true,
  };
}

function ofKeyword(key: string, value: unknown): unknown {
  if (NO_SCHEMAS.has(key)) return value;
  if (!MAPS.has(key) || typeof value !== "object" || value === null) return within(value);
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, within(schema)]));
}

let steps = 0;

class TooManySteps extends Error {}

/** What the keyword does. */
export function takeStep(): true {
  if (++steps > MAX_STEPS) throw new TooManySteps();
  return true;
}

/** Whether a check comes to its end within the bound; what it throws otherwise is passed on. */
export function endsInTime(check: () => void): boolean {
  steps = 0;
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof TooManySteps) return false;
    throw error;
  }
}
