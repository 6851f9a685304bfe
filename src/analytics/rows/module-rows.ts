import { moduleView } from "../../service/read/module-view.ts";
import { factMissing, factModuleProgress } from "../tables/learner-tables.ts";
import type { Who } from "./learner.ts";
import type { RowSet } from "./row-set.ts";

/** Modules that a learner touched, and what is missing of those that are begun. */
export function addModules(rows: RowSet, { catalog, learner, progress }: Who): void {
  for (const [slug, state] of progress.module) {
    const view = moduleView(catalog, slug, state);
    rows.add(factModuleProgress, {
      learner,
      module: slug,
      status: view.status,
      recommended_at: view.facts.recommendedAt ?? null,
      started_at: view.facts.startedAt ?? null,
      completed_at: view.completedAt ?? null,
      is_waived: view.waived !== undefined,
      progress_percentage: view.progressPercentage ?? null,
      cumulative_score: view.cumulativeScore ?? null,
      current_step: view.currentStep,
    });
    if (view.status !== "started") continue;
    for (const missing of view.missing)
      rows.add(factMissing, {
        learner,
        entity_type: "module",
        entity: slug,
        missing_type: missing.type,
        missing: missing.slug,
      });
  }
}
