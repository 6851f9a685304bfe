import type * as z from "zod";
import { EVENTS, type EventName } from "../model/events/index.ts";

/** What each kind of event takes on the wire, by its name, besides who and its id. */
export type EventFields = { [Name in EventName]: z.input<(typeof EVENTS)[Name]["schema"]> };

/** What one kind of event takes, besides who and when: each field, and whether it must be there. */
export type EventSchema = { name: string; description: string | undefined; fields: Record<string, z.ZodType> };

/** Every kind of event. The one place where this folder asks the model for them. */
export const eventSchemas = (): EventSchema[] =>
  Object.values(EVENTS).map(({ name, schema }) => ({
    name,
    description: schema.description,
    fields: schema.shape as Record<string, z.ZodType>,
  }));
