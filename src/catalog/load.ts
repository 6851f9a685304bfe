import { type Catalog, createCatalog, plainModule } from "./catalog.ts";
import { parseFiles, type WrittenModule } from "./parse-files.ts";
import { type ContentFault, type ContentFile, readContent } from "./read-content.ts";
import { checkRelations } from "./relations.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { settledHolder, settledModule } from "./settle-spec.ts";

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
  const written = parseFiles(files, rules);
  const { faults, outlines } = written;
  const modules = [...written.modules].map(([slug, parts]) => gradedByQuiz({ ...plainModule(slug), ...parts }));
  const relations = checkRelations(outlines, rules);
  faults.push(...relations.faults, ...modules.flatMap(ungradedQuizzes));
  if (outlines.every(({ kind }) => kind === "module") && faults.length === 0)
    faults.push({ file: "courses", path: "", message: "The content has neither courses nor pathways" });
  if (faults.length > 0) return { ok: false, faults };
  const optional = new Set(modules.filter((module) => module.optional).map(({ slug }) => slug));
  const [courses, pathways] = [written.course, written.pathway].map((list) =>
    list.map((one) => settledHolder(one, optional, rules)),
  );
  return {
    ok: true,
    catalog: createCatalog({
      courses: courses ?? [],
      pathways: pathways ?? [],
      modules: modules.map((module) => settledModule(module, rules)),
    }),
    warnings: relations.warnings,
  };
}

/** Whoever submits anything at all passes a quiz without a mark. */
const ungradedQuizzes = ({ slug, tasks }: WrittenModule): ContentFault[] =>
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

/** A quiz task without a passing score of its own has its quiz's. */
const gradedByQuiz = (module: WrittenModule): WrittenModule => ({
  ...module,
  tasks: module.tasks.map((task) =>
    task.type === "quiz" ? { ...task, passingScore: task.passingScore ?? module.quiz?.passingScore } : task,
  ),
});
