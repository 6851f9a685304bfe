import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { ANSWERS } from "../../src/contract/openapi/document.ts";
import { EXAMPLES } from "../../src/contract/openapi/examples.ts";
import { componentsOf } from "../../src/contract/openapi/json-schema.ts";

/** A run has the numbers of its summary file, which each job writes in its own words. */
const OPEN = ["OpenApiDocument", "Run", "RunDetails"];
const components = componentsOf(ANSWERS, (name) => `#/components/schemas/${name}`);

describe("Every schema of the contract", () => {
  it.each(Object.entries(components))("%s has a description, or is one of several or a plain value", (_, schema) => {
    const isNamed = schema.description !== undefined || "anyOf" in schema || "oneOf" in schema || "enum" in schema;
    expect(isNamed).toBe(true);
  });

  const objects = Object.entries(components).filter(([name, { type }]) => type === "object" && !OPEN.includes(name));
  it.each(objects)("%s is closed, and named in snake_case", (_, schema) => {
    expect(schema.additionalProperties).toBe(false);
    for (const name of Object.keys(schema.properties as object)) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});

describe("Every example", () => {
  it.each(Object.entries(EXAMPLES))("%s is as its schema says, and with one key more it is not", (name, example) => {
    const schema = ANSWERS[name] as z.ZodType;
    expect(schema.parse(example)).toEqual(example);
    expect(schema.safeParse({ ...example, more: 1 }).success).toBe(false);
  });
});
