import { type Catalog, knows } from "../catalog/catalog.ts";
import { faultsOfData } from "../catalog/validate-data.ts";
import type { Attempt } from "../model/attempt.ts";
import type { EntityRef } from "../model/entity.ts";
import type { ErrorCode, ErrorExtras } from "../model/errors.ts";
import type { LearningEvent } from "../model/event.ts";
import { type Fact, factsOf } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import { isGated } from "./calculate.ts";
import { type Grade, gradeAnswers } from "./grade.ts";

export const MAX_COMPLETION_DATA_BYTES = 32 * 1024;

export type Claim = { claimed: EntityRef; claimedAt: Timestamp };

/** An event with all that the catalog says of it. */
export type PreparedEvent = {
  event: LearningEvent;
  facts: Fact[];
  claim: Claim | undefined;
  /** What history keeps of it. */
  attempt: Attempt | undefined;
  /** How many attempts of its task a learner has. */
  maxAttempts: number | undefined;
  grade: Grade | undefined;
  warnings: Warning[];
};

export type Refusal = { accepted: false; code: ErrorCode; reason: string } & ErrorExtras;

/**
 * What an event states, claims and leaves behind under a catalog, or why it can never be taken.
 * @param isTrusted whether its sender may assert results that a learner's own browser may not
 */
export function prepare(catalog: Catalog, sent: LearningEvent, isTrusted = true): PreparedEvent | Refusal {
  const refusal = refusalOf(catalog, sent) ?? (isTrusted ? undefined : untrusted(catalog, sent));
  if (refusal) return refusal;
  const grade = gradeOf(catalog, sent);
  // What was graded is kept with its score.
  const event = grade && sent.name === "learning_task_submitted" ? { ...sent, score: grade.score } : sent;
  const claim = claimOf(catalog, event);
  return {
    event,
    facts: claim ? [] : factsOf(event),
    claim,
    attempt: attemptOf(event),
    maxAttempts: taskOf(catalog, event)?.maxAttempts,
    grade,
    warnings: unknownNames(catalog, event),
  };
}

function refusalOf(catalog: Catalog, event: LearningEvent): Refusal | undefined {
  if (event.name === "learning_course_completed" && !catalog.course.has(event.courseSlug))
    return { accepted: false, code: "UNKNOWN_COURSE", reason: `The catalog has no course ${event.courseSlug}` };
  if (event.name === "learning_pathway_completed" && !catalog.pathway.has(event.pathwaySlug))
    return { accepted: false, code: "UNKNOWN_PATHWAY", reason: `The catalog has no pathway ${event.pathwaySlug}` };
  if (event.name === "learning_task_submitted" && event.answers && !catalog.module.get(event.moduleSlug)?.quiz)
    return {
      accepted: false,
      code: "QUIZ_NOT_FOUND",
      reason: `The module ${event.moduleSlug} has no quiz to grade answers against`,
    };
  if (event.name === "learning_task_submitted" && event.answers) return tooLarge("answers", event.answers);
  if (event.name !== "learning_module_completed" || event.completionData === undefined) return undefined;

  const { moduleSlug, completionData: data } = event;
  const refusal = tooLarge("completion_data", data);
  if (refusal) return refusal;
  const schema = catalog.module.get(moduleSlug)?.completionData;
  const faults = schema === undefined ? [] : faultsOfData(schema, data);
  if (faults.length === 0) return undefined;
  const errors = faults.map(({ path, message }) => ({
    path: ["payload.completion_data", path].filter(Boolean).join("."),
    message,
  }));
  return {
    accepted: false,
    code: "SCHEMA_VALIDATION_FAILED",
    reason: `The completion data are not what the module ${moduleSlug} asks for`,
    errors,
  };
}

/** A result that only a trusted sender may assert. Answers are graded here, so anyone may send them. */
function untrusted(catalog: Catalog, event: LearningEvent): Refusal | undefined {
  const what =
    event.name === "learning_task_submitted" && event.answers === undefined && taskOf(catalog, event)?.trusted
      ? `The result of the task ${event.taskSlug}`
      : event.name === "learning_module_scored" && catalog.module.get(event.moduleSlug)?.score?.trusted
        ? `A score of the module ${event.moduleSlug}`
        : undefined;
  if (what === undefined) return undefined;
  const reason = `${what} is not for the learner's own browser to assert; a server with the scope waymark:write may.`;
  return { accepted: false, code: "FORBIDDEN", reason };
}

/** Attempts are kept as they were sent; as JSON text, which may be longer than what was sent. */
function tooLarge(name: string, data: unknown): Refusal | undefined {
  if (Buffer.byteLength(JSON.stringify(data)) <= MAX_COMPLETION_DATA_BYTES) return undefined;
  const reason = `${name} is larger than ${MAX_COMPLETION_DATA_BYTES / 1024} KB`;
  return { accepted: false, code: "PAYLOAD_TOO_LARGE", reason };
}

function gradeOf(catalog: Catalog, event: LearningEvent): Grade | undefined {
  if (event.name !== "learning_task_submitted" || event.answers === undefined) return undefined;
  const quiz = catalog.module.get(event.moduleSlug)?.quiz;
  return quiz && gradeAnswers(quiz, event.answers);
}

function claimOf(catalog: Catalog, event: LearningEvent): Claim | undefined {
  switch (event.name) {
    case "learning_course_completed":
      return { claimed: { type: "course", slug: event.courseSlug }, claimedAt: event.completedAt ?? event.at };
    case "learning_pathway_completed":
      return { claimed: { type: "pathway", slug: event.pathwaySlug }, claimedAt: event.completedAt ?? event.at };
    case "learning_module_completed":
      return isGated(catalog, event.moduleSlug)
        ? { claimed: { type: "module", slug: event.moduleSlug }, claimedAt: event.at }
        : undefined;
    default:
      return undefined;
  }
}

function attemptOf(event: LearningEvent): Attempt | undefined {
  const { id: eventId, at: occurredAt } = event;
  switch (event.name) {
    case "learning_task_submitted": {
      const { moduleSlug, taskSlug, score, attested, answers } = event;
      const result = {
        ...(score !== undefined && { score }),
        ...(attested && { attested }),
        ...(answers && { answers }),
      };
      return { eventId, occurredAt, moduleSlug, kind: "task_submitted", taskSlug, ...result };
    }
    case "learning_module_scored":
      return { eventId, occurredAt, moduleSlug: event.moduleSlug, kind: "module_scored", scores: event.scores };
    case "learning_module_completed": {
      const { moduleSlug, completionData } = event;
      return {
        eventId,
        occurredAt,
        moduleSlug,
        kind: "module_completed",
        ...(completionData !== undefined && { completionData }),
      };
    }
    default:
      return undefined;
  }
}

const taskOf = (catalog: Catalog, event: LearningEvent) =>
  event.name === "learning_task_submitted"
    ? catalog.module.get(event.moduleSlug)?.tasks.find(({ slug }) => slug === event.taskSlug)
    : undefined;

/** Pages may be published before the catalog: what it does not know is kept, and said. */
function unknownNames(catalog: Catalog, event: LearningEvent): Warning[] {
  const named = [
    { type: "module", slug: "moduleSlug" in event ? event.moduleSlug : undefined },
    { type: "course", slug: event.courseSlug },
    { type: "pathway", slug: event.pathwaySlug },
  ] as const;
  const warnings = named.flatMap(({ type, slug }): Warning[] =>
    slug === undefined || knows(catalog, { type, slug })
      ? []
      : [
          {
            code: `UNKNOWN_${type.toUpperCase() as Uppercase<typeof type>}`,
            message: `The catalog has no ${type} ${slug} yet; what was sent is kept`,
          },
        ],
  );
  const module =
    "moduleSlug" in event && event.moduleSlug !== undefined ? catalog.module.get(event.moduleSlug) : undefined;
  if (module === undefined) return warnings;
  const unknown = (code: Warning["code"], thing: string): Warning[] => [
    { code, message: `The module ${module.slug} has no ${thing} yet; what was sent is kept` },
  ];
  switch (event.name) {
    case "learning_task_submitted":
      return taskOf(catalog, event) ? warnings : [...warnings, ...unknown("UNKNOWN_TASK", `task ${event.taskSlug}`)];
    case "learning_module_progressed":
      return module.steps.includes(event.step)
        ? warnings
        : [...warnings, ...unknown("UNKNOWN_STEP", `step ${event.step}`)];
    case "learning_module_scored": {
      const strange = Object.keys(event.scores).filter((name) => !Object.hasOwn(module.score?.weights ?? {}, name));
      return [...warnings, ...strange.flatMap((name) => unknown("UNKNOWN_COMPONENT", `score component ${name}`))];
    }
    case "learning_item_reviewed":
      return module.reviewItems.some(({ id }) => id === event.itemId)
        ? warnings
        : [...warnings, ...unknown("UNKNOWN_ITEM", `review item ${event.itemId}`)];
    default:
      return warnings;
  }
}
