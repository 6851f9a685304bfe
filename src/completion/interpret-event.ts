import { type Catalog, knows } from "../catalog/catalog.ts";
import type { Feedback } from "../catalog/quiz.ts";
import { type LearningEvent, statementOf } from "../model/events/index.ts";
import type { Claim, Statement } from "../model/events/statement.ts";
import type { Warning } from "../model/warning.ts";
import { isGated } from "./calculate.ts";
import { checkData, checkSize } from "./check-data.ts";
import { feedbackOf } from "./feedback.ts";
import { type Grade, gradeAnswers, unknownQuestions } from "./grade.ts";
import type { Refusal } from "./refusal.ts";
import { scoreWarnings } from "./score-warnings.ts";
import { unknownNames } from "./unknown-names.ts";

/** What an event says under a catalog: as a claim or as facts, graded, and with what the catalog does not know. */
export type InterpretedEvent = Omit<Statement, "claim"> & {
  event: LearningEvent;
  claim: Claim | undefined;
  /** How many attempts of its task a learner has. */
  maxAttempts: number | undefined;
  grade: Grade | undefined;
  /** What its learner is told of the grade. */
  feedback: Feedback;
  warnings: Warning[];
};

/**
 * What an event states, claims and leaves behind under a catalog, or why it can never be taken.
 * @param isTrusted whether its sender may assert results that a learner's own browser may not
 */
export function interpretEvent(catalog: Catalog, sent: LearningEvent, isTrusted = true): InterpretedEvent | Refusal {
  const said = statementOf(sent);
  const refusal = refusalOf(catalog, sent, said) ?? (isTrusted ? undefined : untrusted(catalog, sent, said));
  if (refusal) return refusal;
  const grade = gradeOf(catalog, sent, said);
  // What was graded is kept with its score.
  const graded = grade && { ...sent, score: grade.score };
  const event: LearningEvent = graded ?? sent;
  const statement = graded ? statementOf(event) : said;
  const claim = claimOf(catalog, statement);
  return {
    ...statement,
    event,
    facts: claim ? [] : statement.facts,
    claim,
    attempt: statement.attempt && {
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
    ],
  };
}

const moduleOf = (catalog: Catalog, { moduleSlug }: LearningEvent) =>
  moduleSlug === undefined ? undefined : catalog.module.get(moduleSlug);

const taskOf = (catalog: Catalog, event: LearningEvent, taskSlug: string | undefined) =>
  moduleOf(catalog, event)?.tasks.find(({ slug }) => slug === taskSlug);

function claimOf(catalog: Catalog, { claim }: Statement): Claim | undefined {
  if (claim === undefined) return undefined;
  const { when, ...rest } = claim;
  return when === "always" || isGated(catalog, claim.claimed.slug) ? rest : undefined;
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

/** A task of a type that content states takes results of its own kind: else answers to a quiz would pass the lab beside it. */
function wrongKind(
  catalog: Catalog,
  event: LearningEvent,
  { answers, assertion, limitedBy }: Statement,
): Refusal | undefined {
  const task = taskOf(catalog, event, limitedBy);
  if (task === undefined) return undefined;
  const isAttested = assertion?.of === "task" && assertion.isAttested;
  const takesAttestation = task.type === "lab_attestation" || task.type === UNTYPED;
  const isWrong = answers === undefined ? isAttested && !takesAttestation : task.type !== "quiz";
  if (!isWrong) return undefined;
  const what = answers === undefined ? "attestation" : "answers";
  const reason = `The task ${task.slug} is a ${task.type}, and takes no ${what}: answers are for a quiz, and an attestation for a lab_attestation`;
  return { accepted: false, code: "WRONG_KIND_OF_RESULT", reason };
}

// A task whose content does not say what it is takes a score or an attestation.
const UNTYPED = "task";

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

function gradeOf(catalog: Catalog, event: LearningEvent, { answers }: Statement): Grade | undefined {
  const quiz = answers && moduleOf(catalog, event)?.quiz;
  return quiz && gradeAnswers(quiz, answers);
}
