import type { JsonSchema } from "../../catalog/data-validator.ts";
import { fieldsOf } from "../../service/read/summarize-data.ts";

export type DataValue = { field: string; value: number | string | boolean };

/** So many values of one completion, and so long a name: more is no field, but something that a learner wrote. */
const MAX_VALUES = 1_000;
const MAX_FIELD = 200;

/**
 * The values in completion data, field by field, as the summary of a module tells them: a field that the schema leaves
 * open is not looked into. Text is told only where the schema lists it, or all text is asked for.
 */
export function valuesIn(data: unknown, schema: JsonSchema | undefined, withText: boolean): DataValue[] {
  const known = knownFields(schema);
  // A name that the schema does not have may be anything that a learner wrote.
  const isWanted = (field: string): boolean => known?.fields.has(field) ?? withText;
  const isListed = (field: string, text: string): boolean => known?.texts.get(field)?.has(text) ?? false;
  const found: DataValue[] = [];
  for (const { field, value } of leavesOf("", data, (name) => known?.fields.has(name) ?? false)) {
    if (found.length >= MAX_VALUES) break;
    if (!isWanted(field)) continue;
    for (const single of Array.isArray(value) ? value : [value])
      if (isTold(single, (text) => withText || isListed(field, text))) found.push({ field, value: single });
  }
  return found.slice(0, MAX_VALUES);
}

/** @param isOpen whether what lies in a field is the learner's own, and not looked into */
function* leavesOf(
  field: string,
  value: unknown,
  isOpen: (field: string) => boolean,
): Generator<{ field: string; value: unknown }> {
  if (field.length > MAX_FIELD) return;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || isOpen(field)) {
    if (field !== "") yield { field, value };
    return;
  }
  for (const [name, inner] of Object.entries(value))
    yield* leavesOf(field === "" ? name : `${field}.${name}`, inner, isOpen);
}

const isTold = (value: unknown, isTextTold: (text: string) => boolean): value is DataValue["value"] =>
  typeof value === "string" ? isTextTold(value) : typeof value === "boolean" || Number.isFinite(value);

type Known = { fields: ReadonlySet<string>; texts: ReadonlyMap<string, ReadonlySet<string>> };

// A catalog's schemas never change, and every completion asks for one.
const known = new WeakMap<object, Known | { none: true }>();

function knownFields(schema: JsonSchema | undefined): Known | undefined {
  if (typeof schema !== "object") return undefined;
  const found = known.get(schema) ?? fieldsAndTexts(schema);
  known.set(schema, found);
  return "none" in found ? undefined : found;
}

function fieldsAndTexts(schema: object): Known | { none: true } {
  const fields = fieldsOf(schema);
  if (fields === undefined) return { none: true };
  return { fields: new Set(fields), texts: new Map(fields.map((field) => [field, textsOf(schema, field.split("."))])) };
}

type Loose = { properties?: Record<string, Loose>; items?: Loose; enum?: unknown[]; const?: unknown };

/** The texts that a schema lists for a field, or for the items of a list there. */
function textsOf(schema: Loose, path: readonly string[]): Set<string> {
  let at: Loose | undefined = schema;
  for (const name of path) at = at?.properties?.[name];
  const listed = [at, at?.items].flatMap((one) => [...(one?.enum ?? []), one?.const]);
  return new Set(listed.filter((value) => typeof value === "string"));
}
