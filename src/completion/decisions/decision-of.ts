import type { Attempt } from "../../model/attempt.ts";
import type { Taken } from "../../model/decision.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { LearningEvent } from "../../model/events/index.ts";
import type { Statement } from "../../model/events/statement.ts";

/** Who decided is known of what came through a door of ours, and events that are made elsewhere may not say it. */
const NOBODY_KNOWN = "unknown";

/** What an event decides, with who decided and when. */
export function decisionOf(
  { id: eventId, identity, at, receivedAt, by = NOBODY_KNOWN }: LearningEvent,
  { decision }: Statement,
): Taken | undefined {
  return decision && { ...decision, eventId, identity, at, receivedAt, by };
}

/** A decision as the history keeps it. */
export function recordOf(decision: Taken): Attempt {
  const { eventId, identity, at: occurredAt, receivedAt, kind, by, reason } = decision;
  return {
    eventId,
    identity,
    occurredAt,
    receivedAt,
    kind: "decision",
    decision: kind,
    by,
    reason,
    ...("entity" in decision && slugOf(decision.entity)),
    ...("withdrawn" in decision && decision.withdrawn && { withdrawn: true }),
    ...(decision.kind === "waiver" && decision.completedAt && { completedAt: decision.completedAt }),
    ...(decision.kind === "void" && { voids: decision.voids }),
    ...(decision.kind === "link" && { alias: decision.alias }),
    ...(decision.kind === "grant" && {
      moduleSlug: decision.moduleSlug,
      taskSlug: decision.taskSlug,
      count: decision.count,
    }),
  };
}

const slugOf = ({ type, slug }: EntityRef): Pick<Attempt, "moduleSlug" | "courseSlug" | "pathwaySlug"> =>
  ({ module: { moduleSlug: slug }, course: { courseSlug: slug }, pathway: { pathwaySlug: slug } })[type];
