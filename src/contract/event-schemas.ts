import type * as z from "zod";
import { EVENTS } from "../model/events/index.ts";

/** What one kind of event takes, besides who and when: each field, and whether it must be there. */
export type EventSchema = { name: string; description: string | undefined; fields: Record<string, z.ZodType> };

/** Every kind of event. The one place where this folder asks the model for them. */
export const eventSchemas = (): EventSchema[] =>
  Object.values(EVENTS).map(({ name, schema }) => ({
    name,
    description: schema.description,
    fields: schema.shape as Record<string, z.ZodType>,
  }));
