import * as z from "zod";

export type Schema = Record<string, unknown>;
export type Components = Record<string, Schema>;

type Node = { zodSchema: unknown; jsonSchema: Schema };

/** Whole numbers are told without the bounds of the machine, which say nothing to a reader. */
const readable = ({ jsonSchema }: Node): void => {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
};

/** One schema, as what is to be sent. */
export function jsonSchemaOf(schema: z.ZodType): Schema {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", override: readable as never });
  const { $schema: _, ...rest } = json as Schema;
  return rest;
}

/** Schemas by name, as what is answered; each names the others that it is made of. */
export function componentsOf(schemas: Record<string, z.ZodType>, uri: (name: string) => string): Components {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const { schemas: found } = z.toJSONSchema(registry, { uri, override: readable as never });
  return Object.fromEntries(
    Object.entries(found as Components).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}

/** The name of an event, or of an error, such as `SCHEMA_VALIDATION_FAILED`, in the way of a type's name. */
export const pascalCase = (name: string): string =>
  name.toLowerCase().replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
