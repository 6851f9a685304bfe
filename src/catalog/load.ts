import type * as z from "zod";
import type { HolderType } from "../model/entity.ts";
import { Slug } from "../model/slug.ts";
import { type Catalog, createCatalog, type Definition, type ModuleDefinition, plainModule } from "./catalog.ts";
import { ModuleFile } from "./module-schema.ts";
import { MAX_NESTING, tooDeep } from "./nesting.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { QuizFile } from "./quiz.ts";
import { type ContentFault, type ContentFile, readContent } from "./read-content.ts";
import { checkRelations } from "./relations.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { contentSchemas, type WrittenDefinition } from "./schema.ts";
import { withoutNulls } from "./without-nulls.ts";

export type LoadedCatalog =
  | { ok: true; catalog: Catalog; warnings?: ContentFault[] }
  | { ok: false; faults: ContentFault[] };

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
  const outlines: Outline[] = [];
  const written: Record<HolderType, (WrittenDefinition & { source: object })[]> = { course: [], pathway: [] };
  const modules = new Map<string, Partial<ModuleDefinition>>();

  for (const { file, text } of files) {
    const source = parseJson(file, text, faults);
    // Most files have no null, and then there is nothing to copy.
    const given = text.includes("null") ? withoutNulls(source) : source;
    const [folder, name = "", part] = file.split("/");
    if (folder !== "modules") {
      const kind = folder === "courses" ? "course" : "pathway";
      // A course whose file cannot be read is not unknown: that fault is enough.
      outlines.push(
        outlineOf(file, kind, given ? (given as { slug?: unknown }).slug : name.replace(/\.json$/, ""), given ?? {}),
      );
      const definition = given && checked(schemas[kind], given, file, faults);
      if (source && definition) written[kind].push({ ...definition, source });
      continue;
    }
    const slug = checked(Slug, name, file, faults);
    // Nor is a module.
    if (part !== "quiz.json") outlines.push(outlineOf(file, "module", slug, given ?? {}));
    if (slug === undefined || source === undefined) continue;
    if (part === "quiz.json") {
      modules.set(slug, { ...modules.get(slug), quiz: checked(QuizFile, given, file, faults) });
    } else {
      modules.set(slug, { ...modules.get(slug), ...checked(ModuleFile, given, file, faults), source });
    }
  }

  const definitions = [...modules].map(([slug, parts]) => gradedByQuiz({ ...plainModule(slug), ...parts }));
  const relations = checkRelations(outlines, rules);
  faults.push(...relations.faults, ...definitions.flatMap(ungradedQuizzes));
  if (outlines.every(({ kind }) => kind === "module") && faults.length === 0)
    faults.push({ file: "courses", path: "", message: "The content has neither courses nor pathways" });
  if (faults.length > 0) return { ok: false, faults };
  const optional = new Set(definitions.filter((module) => module.optional).map(({ slug }) => slug));
  const [courses, pathways] = [written.course, written.pathway].map((list) =>
    list.map((one) => settled(one, optional)),
  );
  return {
    ok: true,
    catalog: createCatalog({ courses: courses ?? [], pathways: pathways ?? [], modules: definitions }),
    warnings: relations.warnings,
  };
}

/** An entry is optional where it says so, else where its module does. */
const settled = (
  { entries, ...definition }: WrittenDefinition & { source: object },
  optional: ReadonlySet<string>,
): Definition => ({
  ...definition,
  entries: entries.map((entry) => ({
    ...entry,
    optional: entry.optional ?? (entry.type === "module" && optional.has(entry.slug)),
  })),
});

/** Whoever submits anything at all passes a quiz without a mark. */
const ungradedQuizzes = ({ slug, tasks }: ModuleDefinition): ContentFault[] =>
  tasks.flatMap(({ type, passingScore }, index) =>
    type === "quiz" && passingScore === undefined
      ? [
          {
            file: `modules/${slug}/completion.json`,
            path: `completion_tasks.${index}`,
            message: "A quiz needs a passing_score, here or in quiz.json: without one, any submission passes",
          },
        ]
      : [],
  );

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

/** A quiz task without a passing score of its own has its quiz's. */
const gradedByQuiz = (module: ModuleDefinition): ModuleDefinition => ({
  ...module,
  tasks: module.tasks.map((task) =>
    task.type === "quiz" ? { ...task, passingScore: task.passingScore ?? module.quiz?.passingScore } : task,
  ),
});
