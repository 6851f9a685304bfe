import { createHash } from "node:crypto";
import * as z from "zod";
import { Text } from "./text.ts";

const EMAIL = /^[^@\s]+@[^@\s]+$/;

/**
 * One way to write an id: in Unicode's composed form, and an email in lower case. It must be one, because the id is a
 * key: a page, a token and a path that mean the same learner must find the same facts.
 */
const canonical = (text: string): string => {
  const composed = text.normalize("NFC");
  return EMAIL.test(composed) ? composed.toLowerCase().normalize("NFC") : composed;
};

/** The key of everything that is stored about one person. */
export const LearnerId = z
  .string()
  .overwrite(canonical)
  .pipe(
    Text(256).refine((text) => text !== "." && text !== "..", {
      error: "Expected another id than . and .., which no path can name: they mean a folder",
    }),
  );
export type LearnerId = z.infer<typeof LearnerId>;

/** Stands for a learner where the id may not stand. It tells who is meant to those alone who know, or guess, the id. */
export const digestOf = (learnerId: LearnerId): string => createHash("sha256").update(learnerId).digest("hex");

/** What the log calls a learner: who knows the id can find its lines. */
export const pseudonymOf = (learnerId: LearnerId): string => digestOf(learnerId).slice(0, 16);

const blankAsMissing = (value: unknown) =>
  value === null || (typeof value === "string" && value.trim() === "") ? undefined : value;

export const ContactId = z.preprocess(
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
    .string({ error: "Expected contactId or email" })
    .trim()
    .overwrite(canonical)
    .pipe(Text(254).regex(EMAIL, { error: "Expected an email address" })),
);

/**
 * Who did it, as a page says it. The learner's id is `contactId`, else the email, trimmed and in lower case; beside a
 * `contactId` the email is not looked at.
 */
export const ContactIdentifier = z
  .object(
    { contactId: ContactId, email: z.unknown().optional() },
    { error: "Expected an object with contactId or email" },
  )
  .transform(({ contactId, email }, context): LearnerId => {
    if (contactId !== undefined) return contactId;
    const parsed = Email.safeParse(email);
    if (parsed.success) return parsed.data;
    const path = blankAsMissing(email) === undefined ? [] : ["email"];
    for (const { message } of parsed.error.issues) context.issues.push({ code: "custom", input: email, path, message });
    return z.NEVER;
  });
