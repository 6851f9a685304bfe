import type { Definition, ModuleDefinition } from "../../catalog/catalog.ts";
import { inOrder } from "../../catalog/completion-spec.ts";
import { versionOfQuiz } from "../../completion/grade.ts";
import type { Timestamp } from "../../model/time.ts";
import type { PublishedCatalog } from "../../service/catalog/published-catalog.ts";
import { bridgeEntry, dimCatalog, dimCourse, dimModule, dimPathway, dimQuestion } from "../tables/catalog-tables.ts";
import type { RowSet } from "./row-set.ts";

/** What a version of the catalog says. */
export function addRowsOfCatalog(
  rows: RowSet,
  { version, pathways, courses, modules }: PublishedCatalog,
  { publishedAt, isCurrent }: { publishedAt: Timestamp | null; isCurrent: boolean },
): void {
  rows.add(dimCatalog, {
    catalog_version: version,
    published_at: publishedAt,
    is_current: isCurrent,
    pathways: pathways.length,
    courses: courses.length,
    modules: modules.length,
  });
  for (const course of courses)
    rows.add(dimCourse, { catalog_version: version, course: course.slug, ...holderColumns(course) });
  for (const pathway of pathways)
    rows.add(dimPathway, { catalog_version: version, pathway: pathway.slug, ...holderColumns(pathway) });
  for (const module of modules) addModule(rows, version, module);
  for (const holder of [...courses, ...pathways])
    for (const [index, entry] of holder.entries.entries())
      rows.add(bridgeEntry, {
        catalog_version: version,
        holder_type: holder.type,
        holder: holder.slug,
        position: index + 1,
        entry_type: entry.type,
        entry: entry.slug,
        is_optional: entry.optional,
        from_at: entry.from ?? null,
        until_at: entry.until ?? null,
      });
}

type Written = { valid_for?: string; renew_from?: string };

const holderColumns = (holder: Definition) => ({
  title: holder.title ?? null,
  rule: JSON.stringify(inOrder(holder.completion)),
  entries: holder.entries.length,
  required_entries: holder.counted.length,
  valid_for: (holder.source as Written).valid_for ?? null,
  renew_from: (holder.source as Written).renew_from ?? null,
  is_sequential: holder.sequential,
  is_retired: holder.retired,
});

function addModule(rows: RowSet, version: string, module: ModuleDefinition): void {
  const { slug, tasks, steps, score, quiz } = module;
  rows.add(dimModule, {
    catalog_version: version,
    module: slug,
    title: module.title ?? null,
    has_conditions: tasks.length > 0 || steps.length > 0 || score !== undefined,
    tasks: tasks.length,
    steps: steps.length,
    questions: quiz?.questions.length ?? 0,
    passing_score: score?.passingScore ?? tasks.find(({ type }) => type === "quiz")?.passingScore ?? null,
    review_items: module.reviewItems.length,
    conditions_from: module.from ?? null,
    is_optional: module.optional,
    is_retired: module.retired,
  });
  for (const [index, { id, type, points }] of (quiz?.questions ?? []).entries())
    rows.add(dimQuestion, {
      catalog_version: version,
      module: slug,
      question: id,
      position: index + 1,
      question_type: type,
      points,
      quiz_version: quiz ? versionOfQuiz(quiz) : null,
    });
}
