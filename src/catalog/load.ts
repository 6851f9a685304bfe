import type * as z from "zod";
import { Slug } from "../model/slug.ts";
import { type Catalog, createCatalog, type Definition, type ModuleDefinition } from "./catalog.ts";
import { type ContentFault, type ContentFile, readContent } from "./read-content.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { contentSchemas } from "./schema.ts";

export type LoadedCatalog = { ok: true; catalog: Catalog } | { ok: false; faults: ContentFault[] };

/** The catalog in a content folder, or every fault in it. */
export function loadCatalog(folder: string, rules: readonly RuleSpec[]): LoadedCatalog {
  const { files, faults } = readContent(folder);
  const parsed = parseContent(files, rules);
  const all = [...faults, ...(parsed.ok ? [] : parsed.faults)];
  return parsed.ok && all.length === 0
    ? parsed
    : { ok: false, faults: faults.length > 0 && files.length === 0 ? faults : all };
}

/** The catalog in the texts of content files, or every fault in them. */
export function parseContent(files: readonly ContentFile[], rules: readonly RuleSpec[]): LoadedCatalog {
  const schemas = contentSchemas(rules);
  const faults: ContentFault[] = [];
  const courses: Located<Definition>[] = [];
  const pathways: Located<Definition>[] = [];
  const modules: ModuleDefinition[] = [];

  for (const { file, text } of files) {
    const source = parseJson(file, text, faults);
    if (source === undefined) continue;
    const [kind, name = ""] = file.split("/");
    if (kind === "modules") {
      const slug = checked(Slug, name, file, faults);
      const conditions = checked(schemas.Module, source, file, faults);
      if (slug !== undefined && conditions !== undefined) modules.push({ slug, source: conditions });
    } else {
      const definition = checked(kind === "courses" ? schemas.Course : schemas.Pathway, source, file, faults);
      if (definition !== undefined) (kind === "courses" ? courses : pathways).push({ file, ...definition, source });
    }
  }

  if (courses.length + pathways.length === 0 && faults.length === 0)
    faults.push({ file: "courses", path: "", message: "The content has neither courses nor pathways" });
  faults.push(...duplicates(courses), ...duplicates(pathways), ...unknownCourses(pathways, files, courses));
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, catalog: createCatalog({ courses, pathways, modules }) };
}

type Located<T> = T & { file: string };

function parseJson(file: string, text: string, faults: ContentFault[]): object | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    faults.push({ file, path: "", message: "Expected an object" });
  } catch (error) {
    faults.push({ file, path: "", message: `Bad JSON: ${(error as Error).message}` });
  }
  return undefined;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, file: string, faults: ContentFault[]): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  faults.push(...result.error.issues.map(({ path, message }) => ({ file, path: path.join("."), message })));
  return undefined;
}

function duplicates(definitions: Located<Definition>[]): ContentFault[] {
  const first = new Map<string, string>();
  return definitions.flatMap(({ type, slug, file }) => {
    const earlier = first.get(slug);
    if (earlier === undefined) first.set(slug, file);
    return earlier === undefined
      ? []
      : [{ file, path: "slug", message: `The ${type} ${slug} is defined in ${earlier} already` }];
  });
}

/** A course whose own file is faulty is not unknown: its own faults are enough. */
function unknownCourses(
  pathways: Located<Definition>[],
  files: readonly ContentFile[],
  courses: Located<Definition>[],
): ContentFault[] {
  const sound = new Set(courses.map(({ file }) => file));
  const faulty = files.filter(({ file }) => !sound.has(file));
  const known = new Set([
    ...courses.map(({ slug }) => slug),
    ...faulty.map(({ file }) => /^courses\/(.+)\.json$/.exec(file)?.[1]),
  ]);
  return pathways.flatMap(({ file, entries }) =>
    entries
      .filter(({ type }) => type === "course")
      .flatMap(({ slug }, index) =>
        known.has(slug) ? [] : [{ file, path: `courses.${index}`, message: `There is no course ${slug}` }],
      ),
  );
}
