import * as z from "zod";
import { type Duration, isShorter, parseDuration } from "../model/duration.ts";
import type { HolderType } from "../model/entity.ts";
import { Slug } from "../model/slug.ts";
import type { Definition } from "./catalog.ts";
import type { WrittenSpec } from "./completion-spec.ts";
import { entryList, mixedEntry, type WrittenEntry } from "./entry-schema.ts";
import { moduleFile } from "./module-schema.ts";
import { completionSchema } from "./parse-spec.ts";
import type { RuleSpec } from "./rule-spec.ts";

/** An ISO 8601 duration. */
const Term = z.string().transform((text, context) => {
  const duration = parseDuration(text);
  if (duration) return duration;
  const message = "Expected an ISO 8601 duration above zero, such as P1Y or P90D, and of at most a hundred years";
  context.issues.push({ code: "custom", input: text, message });
  return z.NEVER;
});

/** A course or pathway as its file says it: whether an entry is optional may stand in its module. */
export type WrittenDefinition = Omit<Definition, "source" | "entries" | "counted" | "completion"> & {
  entries: WrittenEntry[];
  completion: WrittenSpec;
};

type ContentSchemas = ReturnType<typeof makeSchemas>;
const made = new WeakMap<readonly RuleSpec[], ContentSchemas>();

/** Schemas of the content files; made once, since zod compiles each anew, which takes longer than reading many files. */
export function contentSchemas(rules: readonly RuleSpec[]): ContentSchemas {
  const schemas = made.get(rules) ?? makeSchemas(rules);
  made.set(rules, schemas);
  return schemas;
}

/** Unknown keys are kept: a content repository may have fields of its own. */
function makeSchemas(rules: readonly RuleSpec[]) {
  const common = {
    slug: Slug,
    title: z.string().optional(),
    completion: completionSchema(rules, ["module", "course"]),
    sequential: z.boolean().default(false),
    enforce_order: z.boolean().default(false),
    aliases: z.array(Slug).default([]),
    retired: z.boolean().default(false),
    valid_for: Term.optional(),
    renew_from: Term.optional(),
  };
  const isRenewable = ({ valid_for, renew_from }: Pick<CommonFields, "valid_for" | "renew_from">) =>
    renew_from === undefined || (valid_for !== undefined && isShorter(renew_from, valid_for));
  const renewalFault = { path: ["renew_from"], error: "Expected a duration that is shorter than valid_for" };
  const insteadOfLists = { path: ["entries"], error: "Expected entries instead of the other lists, not beside them" };

  const Course = z
    .object({
      ...common,
      modules: entryList("module").optional(),
      entries: z.array(mixedEntry(["module"])).optional(),
    })
    .refine(({ modules, entries }) => modules !== undefined || entries !== undefined, {
      path: ["modules"],
      error: "Expected a list of modules",
    })
    .refine(({ modules, entries }) => modules === undefined || entries === undefined, insteadOfLists)
    .refine(isRenewable, renewalFault)
    .transform(({ modules, entries, ...file }) => definition("course", file, entries ?? modules ?? []));
  const Pathway = z
    .object({
      ...common,
      courses: entryList("course").optional(),
      modules: entryList("module").optional(),
      entries: z.array(mixedEntry(["module", "course"])).optional(),
    })
    .refine(
      ({ courses, modules, entries }) => entries === undefined || (courses ?? modules) === undefined,
      insteadOfLists,
    )
    .refine(isRenewable, renewalFault)
    .transform(({ courses, modules, entries, ...file }) =>
      definition("pathway", file, entries ?? [...(courses ?? []), ...(modules ?? [])]),
    );
  return { course: Course, pathway: Pathway, module: moduleFile(rules) };
}

type CommonFields = {
  slug: string;
  title?: string | undefined;
  completion: WrittenSpec;
  sequential: boolean;
  enforce_order: boolean;
  aliases: string[];
  retired: boolean;
  valid_for?: Duration | undefined;
  renew_from?: Duration | undefined;
};

const definition = (
  type: HolderType,
  { slug, title, enforce_order: enforceOrder, valid_for: validFor, renew_from: renewFrom, ...rest }: CommonFields,
  entries: WrittenEntry[],
): WrittenDefinition => ({
  type,
  slug,
  title,
  entries,
  enforceOrder,
  ...(validFor && { validFor }),
  ...(renewFrom && { renewFrom }),
  ...rest,
});
