import { readFileSync } from "node:fs";
import { openApiText } from "../../src/api/openapi-text.ts";
import { eventSchemas } from "../../src/contract/event-schemas.ts";
import { jsonSchemaOf } from "../../src/contract/openapi/json-schema.ts";
import { typeText } from "./type-text.ts";

/** What the client's own types take from the contract, and hand on. */
const IMPORTED = /^import type \{([^}]+)\} from "\.\.\/contract\/index\.ts";$/m;
const HANDED_ON = /^export type \{[^}]+\};$/m;

/** The client's types for those who have no schemas: its own, and what they take from the contract written out. */
export function clientTypes(): string {
  const own = readFileSync("src/client/types.ts", "utf8");
  const names = own.match(IMPORTED)?.[1]?.match(/\w+/g);
  if (!names || !HANDED_ON.test(own)) throw new Error("src/client/types.ts takes nothing from the contract");
  return [
    "// Made from the service's contract by its build.",
    eventTypes(),
    answerTypes(names.filter((name) => name !== "EventFields")),
    own
      .replace(IMPORTED, "")
      .replace(HANDED_ON, "")
      .replaceAll(/^\/\/ .*\n/gm, "")
      .trim(),
    "export declare function createWaymark(options: Options): Waymark;",
    "",
  ].join("\n");
}

function eventTypes(): string {
  const events = eventSchemas().map(({ name, fields }) => {
    const required = Object.keys(fields).filter((field) => !fields[field]?.safeParse(undefined).success);
    const properties = Object.fromEntries(
      Object.entries(fields).map(([field, schema]) => [field, jsonSchemaOf(schema)]),
    );
    return `  ${name}: ${typeText({ type: "object", properties, required })};`;
  });
  return `/** What each event takes besides who and its id, which the client adds. */\nexport type EventFields = {\n${events.join("\n")}\n};`;
}

/** Answers, and all that they are made of. */
function answerTypes(names: readonly string[]): string {
  const { schemas } = (JSON.parse(openApiText()) as { components: { schemas: Record<string, object> } }).components;
  const needed = new Set(names);
  // The set grows while it is walked through.
  for (const name of needed)
    for (const [, other = ""] of JSON.stringify(schemas[name]).matchAll(/#\/components\/schemas\/(\w+)/g))
      needed.add(other);
  return [...needed].map((name) => `export type ${name} = ${typeText(schemas[name] ?? {})};`).join("\n");
}
