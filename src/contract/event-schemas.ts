import type * as z from "zod";
import { Fields } from "../model/event.ts";

/** What one kind of event takes, besides who and when: each field, and whether it must be there. */
export type EventSchema = { name: string; description: string | undefined; fields: Record<string, z.ZodType> };

/** Every kind of event. The one place where this folder asks the model for them. */
export const eventSchemas = (): EventSchema[] =>
  Fields.options.map((option) => {
    const { name, ...fields } = option.shape as { name: z.ZodLiteral<string> } & Record<string, z.ZodType>;
    return { name: name.value, description: option.description, fields };
  });
