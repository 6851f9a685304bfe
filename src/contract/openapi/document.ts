import type * as z from "zod";
import type { ErrorCode } from "../../model/errors.ts";
import * as contract from "../index.ts";
import { eventComponents } from "./event-components.ts";
import { EXAMPLES } from "./examples.ts";
import { type Components, componentsOf, type Schema } from "./json-schema.ts";
import { type Operation, operationObject, responsesOf } from "./operation.ts";

const schemaUri = (name: string) => `#/components/schemas/${name}`;

/** Every schema of the contract, by name. */
export const ANSWERS: Record<string, z.ZodType> = { ...contract };

export type DocumentParts = {
  version: string;
  operations: readonly Operation[];
  /** What HTTP says of each code. */
  problems: Record<ErrorCode, { status: number; title: string }>;
};

/** The OpenAPI 3.1 document of the service. */
export function openApiDocument({ version, operations, problems }: DocumentParts): Schema {
  const nameOf = new Map(Object.entries(ANSWERS).map(([name, schema]) => [schema, name]));
  const refOf = (schema: z.ZodType): Schema => {
    const name = nameOf.get(schema);
    if (name === undefined) throw new TypeError("An operation's answer must be exported by the contract");
    return { $ref: schemaUri(name) };
  };
  const { responses, responseOf } = responsesOf(problems);
  const paths: Record<string, Schema> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, "{$1}");
    const object = operationObject(operation, refOf(operation.answer), responseOf);
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: object };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Waymark",
      version,
      description: "Completion service for learning platforms: learning events in, completion flags out.",
      license: { name: "No licence has been chosen", identifier: "NONE" },
    },
    servers: [{ url: "/", description: "Where this document was served" }],
    security: [{ bearer: [] }],
    tags: TAGS,
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "A token of the service's issuer" },
      },
      responses,
      schemas: { ...eventComponents(), ...withExamples(componentsOf(ANSWERS, schemaUri)) },
    },
  };
}

const TAGS = [
  { name: "events", description: "What learners do" },
  { name: "learners", description: "What is known of one learner" },
  { name: "modules", description: "What is known of one module, over all learners" },
  { name: "courses", description: "What is known of one course, over all learners" },
  { name: "pathways", description: "What is known of one pathway, over all learners" },
  { name: "service", description: "The catalog, this document, and how the service is" },
];

const withExamples = (schemas: Components): Components =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const example = (EXAMPLES as Record<string, unknown>)[name];
      return [name, example === undefined ? schema : { ...schema, examples: [example] }];
    }),
  );
