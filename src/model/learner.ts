import * as z from "zod";
import { Text } from "./text.ts";

/** The key of everything that is stored about one person. */
export const LearnerId = Text(256);
export type LearnerId = z.infer<typeof LearnerId>;

const blankAsMissing = (value: unknown) =>
  value === null || (typeof value === "string" && value.trim() === "") ? undefined : value;

const ContactId = z.preprocess(
  blankAsMissing,
  z
    .union([z.int().transform(String), z.string().trim().pipe(LearnerId)], {
      error: "Expected a text or a whole number",
    })
    .optional(),
);

const Email = z.preprocess(
  blankAsMissing,
  z
    .string()
    .trim()
    .toLowerCase()
    .pipe(Text(254).regex(/^[^@\s]+@[^@\s]+$/, { error: "Expected an email address" }))
    .optional(),
);

/** Who did it, as a page says it. The learner's id is `contactId`, else the email, trimmed and in lower case. */
export const ContactIdentifier = z
  .object({ contactId: ContactId, email: Email }, { error: "Expected an object with contactId or email" })
  .transform(({ contactId, email }, context): LearnerId => {
    const id = contactId ?? email;
    if (id !== undefined) return id;
    context.issues.push({ code: "custom", input: undefined, message: "Expected contactId or email" });
    return z.NEVER;
  });
