import { type Catalog, knows } from "../catalog/catalog.ts";
import type { Task } from "../catalog/module-schema.ts";
import type { Feedback } from "../catalog/quiz.ts";
import { UNTYPED } from "../catalog/untyped.ts";
import type { Decision } from "../model/decision.ts";
import { earlyOf } from "../model/early.ts";
import { type LearningEvent, statementOf } from "../model/events/index.ts";
import type { Claim, Statement } from "../model/events/statement.ts";
import type { Mark } from "../model/mark.ts";
import type { Fact } from "../model/progress.ts";
import { type Source, sourceOf } from "../model/source.ts";
import type { Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import { hasConditionsAt, isClaimAt } from "./calculate.ts";
import { checkData, checkSize } from "./check-data.ts";
import { decisionOf, recordOf } from "./decisions/decision-of.ts";
import { feedbackOf } from "./feedback.ts";
import { type Grade, gradeAnswers, unknownQuestions } from "./grade.ts";
import type { Refusal } from "./refusal.ts";
import { resolveEvent } from "./resolve-event.ts";
import { scoreWarnings } from "./score-warnings.ts";
import { unknownNames } from "./unknown-names.ts";

/** What an event says under a catalog: as a claim or as facts, graded, and with what the catalog does not know. */
export type InterpretedEvent = Omit<Statement, "claim" | "decision"> & {
  event: LearningEvent;
  claim: Claim | undefined;
  /** How many attempts of its task a learner has. */
  maxAttempts: number | undefined;
  grade: Grade | undefined;
  /** What its learner is told of the grade. */
  feedback: Feedback;
  decision: Decision | undefined;
  warnings: Warning[];
};

/**
 * What an event states, claims and leaves behind under a catalog, or why it can never be taken.
 * @param isTrusted whether its sender may assert results that a learner's own browser may not
 * @param receivedAt when it was first received
 */
export function interpretEvent(
  catalog: Catalog,
  named: LearningEvent,
  isTrusted = true,
  receivedAt: Timestamp = named.receivedAt,
): InterpretedEvent | Refusal {
  const sent = resolveEvent(catalog, named);
  const said = statementOf(sent);
  const refusal = refusalOf(catalog, sent, said) ?? (isTrusted ? undefined : untrusted(catalog, sent, said));
  if (refusal) return refusal;
  const grade = gradeOf(catalog, sent, said);
  // What was graded is kept with its score.
  const graded = grade && { ...sent, score: grade.score };
  const event: LearningEvent = graded ?? sent;
  const statement = graded ? statementOf(event) : said;
  const source = sourceOf(event.id);
  const claimed = claimOf(catalog, statement, isTrusted ? event.at : receivedAt);
  const claim = claimed && { ...claimed, source };
  const stated = claim ? [] : statement.facts.map((fact) => withMark(catalog, fact, { receivedAt, own: !isTrusted }));
  const decision = decisionOf(event, statement);
  const facts = isTrusted ? stated : stated.map((fact) => withoutUnknownResults(catalog, fact));
  return {
    ...statement,
    event,
    facts: withEarly(
      facts.map((fact) => withSource(withoutEnrolment(catalog, fact), source)),
      sent.statedAt === undefined ? [] : factsAt(catalog, named, isTrusted, receivedAt),
    ),
    claim,
    decision,
    attempt: decision
      ? { ...recordOf(decision), catalogVersion: catalog.version }
      : statement.attempt && {
          ...statement.attempt,
          ...(claim && { kind: "claim" }),
          ...(grade && { questions: grade.questions, quizVersion: grade.quizVersion }),
          catalogVersion: catalog.version,
        },
    maxAttempts: taskOf(catalog, event, statement.limitedBy)?.maxAttempts,
    grade,
    feedback: feedbackOf(moduleOf(catalog, event), statement.limitedBy),
    warnings: [
      ...unknownNames(catalog, event, statement),
      ...scoreWarnings(said),
      ...unknownQuestionsOf(catalog, event, said),
      ...facts.flatMap((fact) => retiredWarning(catalog, fact)),
    ],
  };
}

/** What an event whose own time lies ahead will state when it comes again and that time is credible. */
function factsAt(catalog: Catalog, named: LearningEvent, isTrusted: boolean, receivedAt: Timestamp): Fact[] {
  const { statedAt: at = named.at, ...event } = named;
  const later = interpretEvent(catalog, { ...event, at } as LearningEvent, isTrusted, receivedAt);
  return "accepted" in later ? [] : later.facts;
}

/** Facts of a module, with what will count for nothing when it comes again. */
const withEarly = (facts: Fact[], later: readonly Fact[]): Fact[] =>
  facts.map((fact, index) => {
    const early = earlyOf(later[index]?.facts ?? {});
    return early.length === 0 ? fact : { ...fact, facts: { ...fact.facts, early } };
  });

const moduleOf = (catalog: Catalog, { moduleSlug }: LearningEvent) =>
  moduleSlug === undefined ? undefined : catalog.module.get(moduleSlug);

const taskOf = (catalog: Catalog, event: LearningEvent, taskSlug: string | undefined) =>
  moduleOf(catalog, event)?.tasks.find(({ slug }) => slug === taskSlug);

/** @param moment when a module's conditions must be in force for it to be a claim */
function claimOf(catalog: Catalog, { claim }: Statement, moment: Timestamp): Claim | undefined {
  if (claim === undefined) return undefined;
  const { when, ...rest } = claim;
  return when === "always" || isClaimAt(catalog, claim.claimed.slug, moment) ? rest : undefined;
}

/**
 * Of a task or a score that the catalog does not know yet, only a trusted sender's result counts: what the learner's own
 * browser asserted before it was known must not pass an exam that is published later. The history has it all the same.
 */
function withoutUnknownResults(catalog: Catalog, { entity, facts }: Fact): Fact {
  const module = entity.type === "module" ? catalog.module.get(entity.slug) : undefined;
  const { tasks = [], scores = [], ...others } = facts;
  const known = {
    tasks: tasks.filter(({ key }) => module?.tasks.some(({ slug }) => slug === key)),
    scores: scores.filter(({ key }) => Object.hasOwn(module?.score?.weights ?? {}, key)),
  };
  return {
    entity,
    facts: {
      ...others,
      ...(known.tasks.length > 0 && { tasks: known.tasks }),
      ...(known.scores.length > 0 && { scores: known.scores }),
    },
  };
}

const isRetired = (catalog: Catalog, { entity, facts }: Fact): boolean =>
  facts.enrolledAt !== undefined && catalog[entity.type].get(entity.slug)?.retired === true;

/** Results, steps and marks say which event stated them, because it may be voided. */
function withSource({ entity, facts }: Fact, source: Source): Fact {
  const { tasks, scores, steps, marks } = facts;
  const sourced = <T>(elements: readonly T[]): T[] => elements.map((element) => ({ ...element, source }));
  return {
    entity,
    facts: {
      ...facts,
      ...(tasks && { tasks: sourced(tasks) }),
      ...(scores && { scores: sourced(scores) }),
      ...(steps && { steps: sourced(steps) }),
      ...(marks && { marks: sourced(marks) }),
    },
  };
}

/** What is retired takes no new enrolment; whatever else was done of it is kept. */
function withoutEnrolment(catalog: Catalog, fact: Fact): Fact {
  if (!isRetired(catalog, fact)) return fact;
  const { enrolledAt: _, enrollmentSource: __, enrollmentReceipt: ___, ...facts } = fact.facts;
  return { entity: fact.entity, facts };
}

function retiredWarning(catalog: Catalog, fact: Fact): Warning[] {
  const { type, slug } = fact.entity;
  const message = `The ${type} ${slug} is retired: nobody is enrolled in it any more, and what was earned stays`;
  return isRetired(catalog, fact) ? [{ code: "RETIRED", message }] : [];
}

/** That a module is complete is kept as a mark; it is listed at once, unless conditions decide by now. */
function withMark(catalog: Catalog, { entity, facts }: Fact, how: Pick<Mark, "receivedAt" | "own">): Fact {
  const { completedAt: at, ...others } = facts;
  if (at === undefined) return { entity, facts };
  const marks = [{ at, known: knows(catalog, entity), ...how }];
  const isListed = !hasConditionsAt(catalog, entity.slug, catalog.asOf);
  return { entity, facts: { ...others, ...(isListed && { completedAt: at }), marks } };
}

function refusalOf(catalog: Catalog, event: LearningEvent, statement: Statement): Refusal | undefined {
  const { claim, answers, completionData } = statement;
  if (claim?.when === "always" && !knows(catalog, claim.claimed)) {
    const { type, slug } = claim.claimed;
    const code = type === "pathway" ? "UNKNOWN_PATHWAY" : "UNKNOWN_COURSE";
    return { accepted: false, code, reason: `The catalog has no ${type} ${slug}` };
  }
  const wrong = wrongKind(catalog, event, statement);
  if (wrong) return wrong;
  if (answers !== undefined && !moduleOf(catalog, event)?.quiz) {
    const reason = `The module ${event.moduleSlug} has no quiz to grade answers against`;
    return { accepted: false, code: "QUIZ_NOT_FOUND", reason };
  }
  if (answers !== undefined) return checkSize("answers", answers);
  return completionData === undefined
    ? undefined
    : checkData(moduleOf(catalog, event), completionData, event.moduleSlug);
}

/** What is submitted passes a task of which content says no more than its name: so an attestation does, too. */
const takesAttestation = ({ type, passingScore }: Task): boolean =>
  type === "lab_attestation" || (type === UNTYPED && passingScore === undefined);

/** A task takes results of its own kind, and any a score: else answers to a quiz would pass the lab beside it. */
function wrongKind(
  catalog: Catalog,
  event: LearningEvent,
  { answers, assertion, limitedBy }: Statement,
): Refusal | undefined {
  const task = taskOf(catalog, event, limitedBy);
  if (task === undefined) return undefined;
  const isAttested = assertion?.of === "task" && assertion.isAttested;
  const isWrong = answers === undefined ? isAttested && !takesAttestation(task) : task.type !== "quiz";
  if (!isWrong) return undefined;
  const what = answers === undefined ? "attestation" : "answers";
  const reason = `The task ${task.slug} is a ${task.type}, and takes no ${what}: answers are for a quiz, and an attestation for a lab_attestation`;
  return { accepted: false, code: "WRONG_KIND_OF_RESULT", reason };
}

function unknownQuestionsOf(catalog: Catalog, event: LearningEvent, { answers }: Statement): Warning[] {
  const quiz = moduleOf(catalog, event)?.quiz;
  const unknown = quiz && answers ? unknownQuestions(quiz, answers) : [];
  if (unknown.length === 0) return [];
  const names = unknown.slice(0, 10).map((id) => id.slice(0, 100));
  const more = unknown.length > names.length ? ` and ${unknown.length - names.length} more` : "";
  const message = `The quiz of ${event.moduleSlug} has no question ${names.join(", ")}${more}; the answer counts for nothing`;
  return [{ code: "UNKNOWN_QUESTION", message }];
}

function untrusted(catalog: Catalog, event: LearningEvent, { assertion }: Statement): Refusal | undefined {
  const what = assertion && assertedForbidden(catalog, event, assertion);
  if (what === undefined) return undefined;
  const reason = `${what} is not for the learner's own browser to assert; a server with the scope waymark:write may.`;
  return { accepted: false, code: "FORBIDDEN", reason };
}

/** The result that only a trusted sender may assert, in words. */
function assertedForbidden(
  catalog: Catalog,
  event: LearningEvent,
  assertion: NonNullable<Statement["assertion"]>,
): string | undefined {
  if (assertion.of === "task") {
    const task = taskOf(catalog, event, assertion.taskSlug);
    // We grade such a quiz ourselves.
    const isGraded = task?.type === "quiz" && moduleOf(catalog, event)?.quiz !== undefined;
    return task?.trusted || isGraded ? `The result of the task ${assertion.taskSlug}` : undefined;
  }
  return moduleOf(catalog, event)?.score?.trusted ? `A score of the module ${event.moduleSlug}` : undefined;
}

function gradeOf(catalog: Catalog, event: LearningEvent, { answers, limitedBy }: Statement): Grade | undefined {
  const quiz = answers && moduleOf(catalog, event)?.quiz;
  return quiz && { ...gradeAnswers(quiz, answers), passingScore: taskOf(catalog, event, limitedBy)?.passingScore };
}
