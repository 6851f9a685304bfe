import { readFileSync } from "node:fs";
import { openApiText } from "../../src/api/openapi-text.ts";
import { eventSchemas } from "../../src/contract/event-schemas.ts";
import { jsonSchemaOf } from "../../src/contract/openapi/json-schema.ts";
import { typeText } from "./type-text.ts";

/** What the client calls an answer of the contract. */
const NAMES = {
  Accepted: "AcceptedEvent",
  Result: "EventResult",
  Holder: "LearnerHolder",
  Module: "LearnerModule",
  Summary: "LearnerSummary",
};
/** From here on the client's own types are of the client, not of the wire. */
const OWN = "/** How an event or a read was refused. */";

/** The client's types: events and answers as the contract has them, and the client's own around them. */
export function clientTypes(): string {
  const own = readFileSync("src/client/types.ts", "utf8");
  const at = own.indexOf(OWN);
  if (at < 0) throw new Error(`src/client/types.ts has no “${OWN}”`);
  return [
    "// Made from the service's contract by its build.",
    eventTypes(),
    "export type EventName = keyof EventFields;",
    "export type Fields<Name extends EventName> = EventFields[Name];",
    answerTypes([...Object.values(NAMES), "Missing", "Problem"]),
    ...Object.entries(NAMES).map(([name, wire]) => `export type ${name} = ${wire};`),
    "export type SummaryOptions = { courses?: readonly string[]; pathways?: readonly string[] };",
    own.slice(at),
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
