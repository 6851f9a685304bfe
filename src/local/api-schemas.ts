import { escaped } from "../model/escaped.ts";

/** A piece of an OpenAPI document. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  default?: unknown;
  additionalProperties?: boolean | Schema;
  examples?: unknown[];
};

/** Text in which `code` stands between backticks. */
export const prose = (text = ""): string => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");

const nameOf = (ref: string): string => ref.split("/").at(-1) as string;
const literal = (value: unknown): string => `<code>${escaped(JSON.stringify(value))}</code>`;

/** What a value may be, in a line. */
export function typeHtml(schema: Schema): string {
  if (schema.$ref !== undefined) return `<a href="#${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`;
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return [...new Set(choices.map(typeHtml))].join(schema.allOf ? " and " : " or ");
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(", ");
  if (schema.items) return `list of ${typeHtml(schema.items)}`;
  if (schema.properties) return "object";
  if (typeof schema.additionalProperties === "object") return `by name: ${typeHtml(schema.additionalProperties)}`;
  return [[schema.type ?? "anything"].flat().join(" or "), schema.format, bounds(schema)].filter(Boolean).join(", ");
}

function bounds({ minimum, maximum, minLength, maxLength }: Schema): string {
  const [least, most] = [minimum ?? minLength, maximum ?? maxLength];
  const unit = minLength === undefined && maxLength === undefined ? "" : " characters";
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`;
  if (most !== undefined) return `at most ${most}${unit}`;
  return least === undefined ? "" : `at least ${least}${unit}`;
}

/** What stands in an object of a schema: a table; of what is no object, a line. */
export function schemaHtml(name: string, schema: Schema): string {
  const about = schema.description ? `<p>${prose(schema.description)}</p>` : "";
  return `<section id="${name}"><h3>${name}</h3>${about}${schema.properties ? membersHtml(name, schema) : `<p>${typeHtml(schema)}</p>`}</section>`;
}

function membersHtml(name: string, { properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).flatMap(([member, schema]) => memberRows(member, schema, required));
  return table(`Members of ${name}`, ["Member", "Type", "Meaning"], rows);
}

/** A member, and those of an object that stands inside it and has no name of its own. */
function memberRows(member: string, schema: Schema, required: readonly string[]): string[][] {
  const isNeeded = required.includes(member.split(".").at(-1)?.replace("[]", "") ?? "");
  const inner = schema.items?.properties ? schema.items : schema;
  const prefix = schema.items?.properties ? `${member}[]` : member;
  // An event's fields may stand in payload too, which needs no second list of them.
  const nested = member === "payload" ? [] : Object.entries(inner.properties ?? {});
  return [
    [`<code>${escaped(member)}</code>${isNeeded ? "" : " (optional)"}`, typeHtml(schema), prose(schema.description)],
    ...nested.flatMap(([name, each]) => memberRows(`${prefix}.${name}`, each, inner.required ?? [])),
  ];
}

/** A table that a narrow window scrolls sideways. */
export const table = (caption: string, heads: readonly string[], rows: readonly string[][]): string =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><thead><tr>${heads
    .map((head) => `<th scope="col">${head}</th>`)
    .join("")}</tr></thead><tbody>${rows
    .map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`)
    .join("")}</tbody></table></div>`;
