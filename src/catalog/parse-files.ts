import type * as z from "zod";
import type { HolderType } from "../model/entity.ts";
import { Slug } from "../model/slug.ts";
import type { WrittenSpec } from "./completion-spec.ts";
import type { ModuleDefinition } from "./definition.ts";
import { MAX_NESTING, tooDeep } from "./nesting.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { QuizFile } from "./quiz.ts";
import type { ContentFault, ContentFile } from "./read-content.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { contentSchemas, type WrittenDefinition } from "./schema.ts";
import { withoutNulls } from "./without-nulls.ts";

/** A course or pathway with the content of its file. */
export type WrittenHolder = WrittenDefinition & { source: object };

/** A module as its files say it: what its rule names is not looked up yet. */
export type WrittenModule = Omit<ModuleDefinition, "completion"> & { completion: WrittenSpec };

/** What stands in the files, each by itself. */
type Written = Record<HolderType, WrittenHolder[]> & {
  modules: Map<string, Partial<WrittenModule>>;
  outlines: Outline[];
  faults: ContentFault[];
};

/** A file as it was parsed; `given` is its content without nulls, and both are undefined where it cannot be read. */
type ParsedFile = { file: string; name: string; source: object | undefined; given: object | undefined };

/** Parses content files, each by itself. */
export function parseFiles(files: readonly ContentFile[], rules: readonly RuleSpec[]): Written {
  const schemas = contentSchemas(rules);
  const written: Written = { course: [], pathway: [], modules: new Map(), outlines: [], faults: [] };
  for (const { file, text } of files) {
    const source = parseJson(file, text, written.faults);
    // Most files have no null, and then there is nothing to copy.
    const given = text.includes("null") ? withoutNulls(source) : source;
    const [folder, name = "", part] = file.split("/");
    const parsed: ParsedFile = { file, name, source, given };
    if (folder === "courses") addHolder(written, "course", schemas.course, parsed);
    else if (folder === "pathways") addHolder(written, "pathway", schemas.pathway, parsed);
    else if (part === "quiz.json") addQuiz(written, parsed);
    else addModule(written, schemas.module, parsed);
  }
  return written;
}

// A course or module whose file cannot be read is not unknown, too: that fault is enough. So each has its outline.

function addHolder(
  { outlines, faults, ...written }: Written,
  kind: HolderType,
  schema: z.ZodType<WrittenDefinition>,
  { file, name, source, given }: ParsedFile,
): void {
  const slug = given ? (given as { slug?: unknown }).slug : name.replace(/\.json$/, "");
  outlines.push(outlineOf(file, kind, slug, given ?? {}));
  const definition = given && checked(schema, given, file, faults);
  if (source && definition) written[kind].push({ ...definition, source });
}

function addModule(
  { modules, outlines, faults }: Written,
  schema: z.ZodType<Partial<WrittenModule>>,
  { file, name, source, given }: ParsedFile,
): void {
  const slug = checked(Slug, name, file, faults);
  outlines.push(outlineOf(file, "module", slug, given ?? {}));
  if (slug === undefined || source === undefined) return;
  modules.set(slug, { ...modules.get(slug), ...checked(schema, given, file, faults), source });
}

function addQuiz({ modules, faults }: Written, { file, name, given }: ParsedFile): void {
  const slug = checked(Slug, name, file, faults);
  if (slug === undefined || given === undefined) return;
  modules.set(slug, { ...modules.get(slug), quiz: checked(QuizFile, given, file, faults) });
}

function parseJson(file: string, text: string, faults: ContentFault[]): object | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    const deep = tooDeep(value);
    if (deep !== undefined)
      faults.push({ file, path: deep, message: `Nested more than ${MAX_NESTING} deep: flatten it` });
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    else faults.push({ file, path: "", message: "Expected an object" });
  } catch (error) {
    // Anyone may see the faults, and what the parser quotes of a quiz may be a correct answer.
    const reason = file.endsWith("/quiz.json") ? "" : `: ${(error as Error).message}`;
    faults.push({ file, path: "", message: `Bad JSON${reason}` });
  }
  return undefined;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, file: string, faults: ContentFault[]): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  faults.push(...result.error.issues.map(({ path, message }) => ({ file, path: path.join("."), message })));
  return undefined;
}
