import type { JsonSchema } from "./data-validator.ts";
import { linearPattern } from "./linear-pattern.ts";

/** Keywords whose value maps names to schemas: there a name is no keyword. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
/** Keywords whose value is data. */
const DATA = new Set(["const", "enum", "default", "examples"]);
/** A text may be matched by all of a schema's patterns, one after the other. */
const MAX_TOTAL_SIZE = 3_000;

export type PatternFault = { path: (string | number)[]; message: string };
type Place = { path: (string | number)[]; source: string };

/** Patterns of a schema that cannot be matched in linear time, each with its place in the schema. */
export function patternFaults(schema: JsonSchema): PatternFault[] {
  const faults: PatternFault[] = [];
  let total = 0;
  for (const { path, source } of patternsIn(schema, [])) {
    const checked = linearPattern(source);
    if (checked.ok) total += checked.size;
    else faults.push({ path, message: checked.reason });
  }
  if (total > MAX_TOTAL_SIZE)
    faults.push({
      path: [],
      message: `The patterns are too large together (${total} steps of ${MAX_TOTAL_SIZE}); use fewer or shorter ones`,
    });
  return faults;
}

function patternsIn(schema: unknown, path: Place["path"]): Place[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]): Place[] => {
    const here = [...path, key];
    if (key === "pattern" && typeof value === "string") return [{ path: here, source: value }];
    if (DATA.has(key) || typeof value !== "object" || value === null) return [];
    if (!MAPS.has(key)) return patternsIn(value, here);
    const names =
      key === "patternProperties" ? Object.keys(value).map((source) => ({ path: [...here, source], source })) : [];
    return [...names, ...Object.entries(value).flatMap(([name, inner]) => patternsIn(inner, [...here, name]))];
  });
}
