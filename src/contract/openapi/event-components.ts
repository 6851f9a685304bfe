import * as z from "zod";
import { type EventSchema, eventSchemas } from "../event-schemas.ts";
import { FIELDS } from "./event-fields.ts";
import { type Components, jsonSchemaOf, pascalCase, type Schema } from "./json-schema.ts";

const SCHEMAS = "#/components/schemas/";
const MOST_IN_A_BATCH = 100;

const Token = z.string().describe("The caller's token, for those who cannot send a header: a beacon");

const ContactIdentifier = z
  .object({
    contactId: z.union([z.string().max(256), z.int()]).optional(),
    email: z.string().max(254).optional().describe("Is looked at where there is no contactId"),
  })
  .describe("Who did it. It may be left out where the token names the learner");

const EventId = z
  .string()
  .regex(/^[!-"$-~]{1,128}$/)
  .describe("The sender's own id of the event; without one, its content is its id");

/** Schemas of what `POST /events/track` takes: each event, any of them, a batch, and the body. */
export function eventComponents(): Components {
  const fields = new FieldComponents();
  const token = fields.shared("Token", Token);
  const envelope = {
    eventId: fields.shared("EventId", EventId),
    contactIdentifier: fields.shared("ContactIdentifier", ContactIdentifier),
    token,
  };
  const events = Object.fromEntries(
    eventSchemas().map((event) => [pascalCase(event.name), eventSchema(event, envelope, fields)]),
  );
  const refs = Object.keys(events).map((name) => ({ $ref: SCHEMAS + name }));
  const mapping = Object.fromEntries(eventSchemas().map(({ name }) => [name, SCHEMAS + pascalCase(name)]));
  return {
    ...fields.all,
    ...events,
    LearningEvent: {
      description: "What happened. Which fields it takes, its eventName says",
      oneOf: refs,
      discriminator: { propertyName: "eventName", mapping },
    },
    EventBatch: {
      description: "Several events; those of one learner are applied in order of time",
      type: "object",
      properties: {
        events: { type: "array", items: { $ref: `${SCHEMAS}LearningEvent` }, minItems: 1, maxItems: MOST_IN_A_BATCH },
        token,
      },
      required: ["events"],
    },
    TrackBody: {
      description: "One event, or a batch of them; at most 256 KB",
      anyOf: [{ $ref: `${SCHEMAS}LearningEvent` }, { $ref: `${SCHEMAS}EventBatch` }],
    },
  };
}

/** Fields are much the same in every event, so each stands once. */
class FieldComponents {
  readonly all: Components = {};

  shared(name: string, schema: z.ZodType, more: Schema = {}): Schema {
    const json = { ...jsonSchemaOf(schema), ...more };
    const known = this.all[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(json)) return json;
    this.all[name] = json;
    return { $ref: SCHEMAS + name };
  }
}

function eventSchema({ name, description, fields }: EventSchema, envelope: Schema, known: FieldComponents): Schema {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([field, schema]) => {
      const text = FIELDS[field];
      const more = text && { description: text.description, examples: [text.example] };
      return [field, known.shared(`${pascalCase(field)}Field`, withoutRecursion(schema), more)];
    }),
  );
  const required = Object.keys(fields).filter((field) => !fields[field]?.safeParse(undefined).success);
  return {
    description: `${description ?? `The event ${name}`}. Its fields may stand at the top or in payload`,
    type: "object",
    properties: {
      eventName: { type: "string", const: name },
      ...envelope,
      ...properties,
      payload: { type: "object", properties },
    },
    required: ["eventName"],
    ...(required.length > 0 && { allOf: required.map((field) => atEitherPlace(field, properties[field] as Schema)) }),
    examples: [exampleOf(name, Object.keys(fields), required)],
  };
}

/** A field that must be there may be at the top or in payload. */
function atEitherPlace(field: string, schema: Schema): Schema {
  const having = (name: string, inner: Schema) => ({ type: "object", properties: { [name]: inner }, required: [name] });
  return { anyOf: [having(field, schema), having("payload", having(field, schema))] };
}

function exampleOf(eventName: string, fields: readonly string[], required: readonly string[]): Schema {
  const shown = fields.filter((field) => required.includes(field) || FIELDS[field]?.isShown);
  const payload = Object.fromEntries(shown.map((field) => [field, FIELDS[field]?.example]));
  return { eventName, contactIdentifier: { contactId: "123" }, payload };
}

/** Any JSON value: as a schema of JSON it would be a schema that names itself, and say no more. */
function withoutRecursion(schema: z.ZodType): z.ZodType {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodLazy ? z.unknown() : schema;
}
