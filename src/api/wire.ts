import type { FlaggedOutcome } from "../completion/replay.ts";
import { snakeKeys } from "../model/case.ts";
import type { AppError } from "../model/errors.ts";
import type { EventResult } from "../service/ingest.ts";
import { type FlaggedView, type ModuleView, moduleView, type ProgressView } from "../service/read.ts";
import type { CompletionRecord } from "../store/store.ts";

// What goes out, in the names and shapes of the wire. A time that is not known is null, never left out.

type Json = Record<string, unknown>;

const moduleState = ({ slug, status, facts }: ModuleView): Json => ({
  slug,
  status,
  recommended_at: facts.recommendedAt ?? null,
  started_at: facts.startedAt ?? null,
  completed_at: facts.completedAt ?? null,
});

export const moduleJson = (view: ModuleView): Json => ({ ...moduleState(view), missing: view.missing });

export const flaggedJson = ({ entity, title, state: { facts, flag }, progress, missing }: FlaggedView): Json => ({
  slug: entity.slug,
  title,
  enrolled_at: facts.enrolledAt ?? null,
  enrollment_source: facts.enrollmentSource ?? null,
  started_at: facts.startedAt ?? null,
  completed: flag !== undefined,
  completed_at: flag?.completedAt ?? null,
  completion_source: flag?.completionSource ?? null,
  claimed_at: flag?.claimedAt ?? null,
  recorded_at: flag?.recordedAt ?? null,
  catalog_version: flag?.catalogVersion ?? null,
  progress,
  missing,
});

const bySlug = <T>(items: readonly T[], slugOf: (item: T) => string, json: (item: T) => Json): Json =>
  Object.fromEntries(items.map((item) => [slugOf(item), json(item)]));

const withoutMissing = ({ missing: _, ...json }: Json): Json => json;

/**
 * The tree of pathways, their courses and their modules; courses and modules also stand at the top, since they are
 * shared. What is missing is told of one entity at a time: in a tree it would be told many times over.
 */
export function progressJson(learnerId: string, { modules, courses, pathways, holds }: ProgressView): Json {
  const modulesOf = (holder: FlaggedView) =>
    bySlug(
      modules.filter(({ slug }) => holds(holder.entity, { type: "module", slug })),
      ({ slug }) => slug,
      moduleState,
    );
  const courseJson = (course: FlaggedView): Json => ({
    ...withoutMissing(flaggedJson(course)),
    modules: modulesOf(course),
  });
  const coursesOf = (some: readonly FlaggedView[]) => bySlug(some, ({ entity }) => entity.slug, courseJson);
  return {
    learner_id: learnerId,
    pathways: bySlug(
      pathways,
      ({ entity }) => entity.slug,
      (pathway) => ({
        ...withoutMissing(flaggedJson(pathway)),
        courses: coursesOf(courses.filter(({ entity }) => holds(pathway.entity, entity))),
        modules: modulesOf(pathway),
      }),
    ),
    courses: coursesOf(courses),
    modules: bySlug(modules, ({ slug }) => slug, moduleState),
  };
}

const outcomeJson = ({ slug, state: { flag }, progress, newlyCompleted }: FlaggedOutcome): Json => ({
  slug,
  completed: flag !== undefined,
  completed_at: flag?.completedAt ?? null,
  progress,
  newly_completed: newlyCompleted,
});

/** RFC 9457. */
export const problemJson = ({ code, status, title, message, extras }: AppError): Json => ({
  type: `urn:waymark:problem:${code.toLowerCase().replaceAll("_", "-")}`,
  title,
  status,
  code,
  detail: message,
  ...extras,
});

export function resultJson(result: EventResult): Json {
  if (result.error) return { status: "refused", event_id: result.eventId ?? null, error: problemJson(result.error) };
  const { eventId, learnerId, outcome } = result;
  const flagged = (type: string) => outcome.flagged.filter((entity) => entity.type === type).map(outcomeJson);
  return {
    status: "accepted",
    event_id: eventId,
    learner_id: learnerId,
    module: outcome.module ? moduleState(moduleView(outcome.module.slug, outcome.module.facts)) : null,
    courses: flagged("course"),
    pathways: flagged("pathway"),
    warnings: outcome.warnings,
  };
}

export const completionJson = (record: CompletionRecord): Json => snakeKeys(record);
