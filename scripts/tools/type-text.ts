/** A JSON Schema, as far as the contract uses it. */
type Schema = {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
};

const PLAIN: Record<string, string> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

/** What a JSON Schema says, as a TypeScript type. */
export function typeText(schema: Schema): string {
  // What names itself is any JSON value.
  if (schema.$ref?.startsWith("#/$defs/")) return "unknown";
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) as string;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return union(choices.map(typeText));
  if (schema.allOf) return schema.allOf.map((each) => `(${typeText(each)})`).join(" & ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.items) return `(${typeText(schema.items)})[]`;
  if (schema.properties || schema.type === "object") return objectText(schema);
  return union([schema.type ?? []].flat().map((name) => PLAIN[name] ?? "unknown"));
}

const union = (types: readonly string[]): string => (types.length === 0 ? "unknown" : [...new Set(types)].join(" | "));

function objectText({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties).map(([name, schema]) => {
    const isNeeded = required.includes(name);
    return `${/^\w+$/.test(name) ? name : JSON.stringify(name)}${isNeeded ? "" : "?"}: ${typeText(schema)}${isNeeded ? "" : " | undefined"}`;
  });
  if (typeof additionalProperties === "object") members.push(`[name: string]: ${typeText(additionalProperties)}`);
  if (members.length === 0) return "Record<string, unknown>";
  return `{ ${members.join("; ")} }`;
}
