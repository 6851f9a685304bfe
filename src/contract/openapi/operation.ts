import * as z from "zod";
import type { ErrorCode } from "../../model/errors.ts";
import { LearnerId } from "../../model/learner.ts";
import { Slug } from "../../model/slug.ts";
import { jsonSchemaOf, pascalCase, type Schema } from "./json-schema.ts";

/** What the document says of a route. */
export type Operation = {
  method: string;
  path: string;
  operationId: string;
  summary: string;
  answer: z.ZodType;
  /** JSON, if nothing else is said. */
  mediaType?: string;
  query?: z.ZodObject;
  takesEvents?: true;
  hasETag?: true;
  /** Whom it answers, in words. */
  callers: string;
  security?: Schema[];
  errors: readonly ErrorCode[];
};

type ResponseOf = (codes: readonly ErrorCode[]) => Schema;

export function operationObject(operation: Operation, answer: Schema, responseOf: ResponseOf): Schema {
  const { operationId, summary, callers, security, query, path } = operation;
  const [root = ""] = path.split("/").slice(1);
  const parameters = [
    ...pathParameters(path),
    ...(query ? queryParameters(query) : []),
    ...(operation.hasETag ? [IF_NONE_MATCH] : []),
  ];
  return {
    operationId,
    summary,
    description: callers,
    tags: [["events", "learners", "modules", "courses", "pathways"].includes(root) ? root : "service"],
    ...(security && { security }),
    ...(parameters.length > 0 && { parameters }),
    ...(operation.takesEvents && { requestBody: EVENTS_BODY }),
    responses: {
      200: {
        description: "The answer",
        ...(operation.hasETag && { headers: { ETag } }),
        content: { [operation.mediaType ?? "application/json"]: { schema: answer } },
      },
      ...(operation.hasETag && { 304: { description: "The caller has the newest already", headers: { ETag } } }),
      ...responseOf(operation.errors),
    },
  };
}

const ETag = { description: "Names this version of the answer", schema: { type: "string" } };

const IF_NONE_MATCH = {
  name: "If-None-Match",
  in: "header",
  description: "The ETag of the answer that the caller has",
  schema: { type: "string" },
};

const events = { schema: { $ref: "#/components/schemas/TrackBody" } };
const EVENTS_BODY = {
  description: "JSON in UTF-8. As text/plain a browser sends it without asking first.",
  required: true,
  content: { "application/json": events, "text/plain": events },
};

const IN_PATH: Record<string, { schema: z.ZodType; description: string }> = {
  id: { schema: LearnerId, description: "The learner's id" },
  slug: { schema: Slug, description: "The slug of the module, course or pathway" },
  run: { schema: z.string(), description: "The run's id, as the list of runs has it" },
};

const pathParameters = (path: string): Schema[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: IN_PATH[name]?.description,
    schema: jsonSchemaOf(IN_PATH[name]?.schema as z.ZodType),
  }));

const queryParameters = ({ shape }: z.ZodObject): Schema[] =>
  Object.entries(shape).map(([name, field]) => {
    const { description, ...schema } = jsonSchemaOf(field as z.ZodType);
    return { name, in: "query", description, schema };
  });

/** Responses for refusals, those of one or two codes shared by all that have them. */
export function responsesOf(problems: Record<ErrorCode, { status: number; title: string }>) {
  const responses: Record<string, Schema> = {};
  const responseOf: ResponseOf = (codes) => {
    const byStatus = Map.groupBy(codes, (code) => problems[code].status);
    return Object.fromEntries(
      [...byStatus].map(([status, those]) => {
        const response = problemResponse(those, problems);
        if (those.length > 2) return [status, response];
        const name = those.map(pascalCase).join("Or");
        responses[name] = response;
        return [status, { $ref: `#/components/responses/${name}` }];
      }),
    );
  };
  return { responses, responseOf };
}

const problemResponse = (codes: readonly ErrorCode[], problems: Record<ErrorCode, { title: string }>): Schema => ({
  description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join("\n\n"),
  content: {
    "application/problem+json": {
      schema: {
        allOf: [
          { $ref: "#/components/schemas/Problem" },
          { type: "object", properties: { code: { type: "string", enum: codes } }, required: ["code"] },
        ],
      },
    },
  },
});
