import { contentHash } from "../../../model/canonical-json.ts";
import type { EntityRef } from "../../../model/entity.ts";
import { courseEnrolled } from "../../../model/events/course-enrolled.ts";
import { courseWaived } from "../../../model/events/course-waived.ts";
import { moduleCompleted } from "../../../model/events/module-completed.ts";
import { moduleScored } from "../../../model/events/module-scored.ts";
import { moduleStarted } from "../../../model/events/module-started.ts";
import { moduleWaived } from "../../../model/events/module-waived.ts";
import { pathwayEnrolled } from "../../../model/events/pathway-enrolled.ts";
import { pathwayWaived } from "../../../model/events/pathway-waived.ts";
import { taskSubmitted } from "../../../model/events/task-submitted.ts";
import type { LearnerId } from "../../../model/learner.ts";
import type { Timestamp } from "../../../model/time.ts";

/** What an imported event adds: it is counted so. */
export type ImportKind = "completion" | "waiver" | "score" | "start" | "enrolment";

/** An event as a server would send it, and what it is about. */
export type ImportedEvent = { kind: ImportKind; learner: LearnerId; entity: EntityRef; raw: object };

const ID_LENGTH = 32;

const ENROLLED = { course: courseEnrolled, pathway: pathwayEnrolled };
const WAIVED = { module: moduleWaived, course: courseWaived, pathway: pathwayWaived };

/**
 * Its id is made of all that it says, so that the same row gives the same event in every run, wherever it stands in the
 * file: importing it again adds nothing.
 */
function importedEvent(
  kind: ImportKind,
  learner: LearnerId,
  entity: EntityRef,
  event: [string, object],
): ImportedEvent {
  const [eventName, payload] = event;
  const eventId = `import-${contentHash([learner, eventName, payload], ID_LENGTH)}`;
  return { kind, learner, entity, raw: { eventName, eventId, contactIdentifier: { contactId: learner }, payload } };
}

const moduleOf = (slug: string): EntityRef => ({ type: "module", slug });

export const completionOf = (learner: LearnerId, module_slug: string, ts: Timestamp): ImportedEvent =>
  importedEvent("completion", learner, moduleOf(module_slug), [moduleCompleted.name, { module_slug, ts }]);

export const startOf = (learner: LearnerId, module_slug: string, ts: Timestamp): ImportedEvent =>
  importedEvent("start", learner, moduleOf(module_slug), [moduleStarted.name, { module_slug, ts }]);

export const taskScoreOf = (
  learner: LearnerId,
  task: { module_slug: string; task_slug: string },
  score: object,
  ts: Timestamp,
): ImportedEvent =>
  importedEvent("score", learner, moduleOf(task.module_slug), [taskSubmitted.name, { ...task, score, ts }]);

export const componentScoreOf = (
  learner: LearnerId,
  { module_slug, component }: { module_slug: string; component: string },
  score: object,
  ts: Timestamp,
): ImportedEvent => {
  const payload = { module_slug, scores: { [component]: score }, ts };
  return importedEvent("score", learner, moduleOf(module_slug), [moduleScored.name, payload]);
};

export const enrolmentOf = (
  learner: LearnerId,
  entity: { type: "course" | "pathway"; slug: string },
  ts: Timestamp,
  enrollment_source: string | undefined,
): ImportedEvent => {
  const payload = {
    [`${entity.type}_slug`]: entity.slug,
    ts,
    ...(enrollment_source !== undefined && { enrollment_source }),
  };
  return importedEvent("enrolment", learner, entity, [ENROLLED[entity.type].name, payload]);
};

/** A completion of which the time alone is known: a decision of whoever imports it, that it counts. */
export const importedWaiverOf = (
  learner: LearnerId,
  entity: EntityRef,
  completed_at: Timestamp,
  reason = "Imported",
): ImportedEvent => {
  const payload = { [`${entity.type}_slug`]: entity.slug, as: "imported", completed_at, ts: completed_at, reason };
  return importedEvent("waiver", learner, entity, [WAIVED[entity.type].name, payload]);
};
