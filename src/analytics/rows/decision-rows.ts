import { standingVoids } from "../../completion/decisions/standing-voids.ts";
import { type Decision, isWithdrawal } from "../../model/decision.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { RowOf } from "../tables/define-table.ts";
import { factDecision } from "../tables/history-tables.ts";
import type { Who } from "./learner.ts";
import type { RowSet } from "./row-set.ts";

/** What was decided of a learner. */
export function addDecisions(rows: RowSet, { catalog, pseudonyms, learner, progress, withText }: Who): void {
  const { decisions = [] } = progress;
  const voids = standingVoids(decisions);
  for (const decision of decisions) {
    const about = aboutOf(decision);
    const entity = about && catalog.resolve(about);
    rows.add(factDecision, {
      learner,
      decision: pseudonyms.ofId("decision", decision.identity),
      event: pseudonyms.ofId("event", decision.eventId),
      kind: decision.kind,
      decided_at: decision.at,
      received_at: decision.receivedAt,
      decided_by: pseudonyms.ofId("decider", decision.by),
      entity_type: entity?.type ?? null,
      entity: entity?.slug ?? null,
      ...detailsOf(decision),
      is_withdrawal: isWithdrawal(decision),
      is_void: voids.has(decision.eventId),
      reason: withText ? decision.reason : null,
    });
  }
}

function aboutOf(decision: Decision): EntityRef | undefined {
  if ("entity" in decision) return decision.entity;
  return "moduleSlug" in decision ? { type: "module", slug: decision.moduleSlug } : undefined;
}

type Details = Pick<RowOf<typeof factDecision>, "task" | "count" | "score_before" | "score_after">;

const detailsOf = (decision: Decision): Details => ({
  task: "taskSlug" in decision ? decision.taskSlug : null,
  count: decision.kind === "grant" ? decision.count : null,
  score_before: decision.kind === "grade" ? decision.firstScore : null,
  score_after: decision.kind === "grade" ? decision.score : null,
});
