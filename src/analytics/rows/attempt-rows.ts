import type { EntityType } from "../../model/entity.ts";
import type { ToldAttempt } from "../../service/read/voided-attempts.ts";
import { factAttempt, factClaimRefused, factCompletionData, factQuestionAnswer } from "../tables/history-tables.ts";
import { valuesIn } from "./data-values.ts";
import type { Who } from "./learner.ts";
import type { RowSet } from "./row-set.ts";

/** What a learner sent, with the questions and the data that came with it. Decisions have rows of their own. */
export function addAttempts(rows: RowSet, who: Who, attempts: readonly ToldAttempt[]): void {
  for (const attempt of attempts) {
    if (attempt.kind === "decision") continue;
    const told = namesIn(who, attempt);
    if (attempt.refused) {
      addRefused(rows, attempt, told);
      continue;
    }
    addAttempt(rows, who, attempt, told);
    addQuestions(rows, who, attempt, told);
    addData(rows, who, attempt, told);
  }
}

type Names = {
  learner: string;
  attempt: string;
  event: string;
  module: string | null;
  course: string | null;
  pathway: string | null;
};

/** What names it, each by the slug that it has today. */
function namesIn({ catalog, pseudonyms, learner }: Who, attempt: ToldAttempt): Names {
  const slugOf = (type: EntityType, slug: string | undefined): string | null =>
    slug === undefined ? null : catalog.resolve({ type, slug }).slug;
  return {
    learner,
    attempt: pseudonyms.ofId("attempt", `${attempt.identity} ${attempt.occurredAt}`),
    event: pseudonyms.ofId("event", attempt.eventId),
    module: slugOf("module", attempt.moduleSlug),
    course: slugOf("course", attempt.courseSlug),
    pathway: slugOf("pathway", attempt.pathwaySlug),
  };
}

function addAttempt(rows: RowSet, { catalog }: Who, attempt: ToldAttempt, names: Names): void {
  const { score, questions, grades } = attempt;
  const tasks = names.module === null ? undefined : catalog.module.get(names.module)?.tasks;
  const mark = tasks?.find(({ slug }) => slug === attempt.taskSlug)?.passingScore;
  rows.add(factAttempt, {
    learner: names.learner,
    attempt: names.attempt,
    event: names.event,
    kind: attempt.kind,
    occurred_at: attempt.occurredAt,
    received_at: attempt.receivedAt ?? null,
    catalog_version: attempt.catalogVersion ?? null,
    module: names.module,
    course: names.course,
    pathway: names.pathway,
    task: attempt.taskSlug ?? null,
    score: score ?? null,
    first_score: grades?.[0]?.score ?? score ?? null,
    is_passed: score === undefined || mark === undefined ? null : score >= mark,
    attested: attempt.attested ?? null,
    questions_right: questions ? questions.filter(({ correct }) => correct).length : null,
    questions_total: questions?.length ?? null,
    quiz_version: attempt.quizVersion ?? null,
    is_void: attempt.voided !== undefined,
  });
}

function addQuestions(rows: RowSet, { withText }: Who, attempt: ToldAttempt, names: Names): void {
  for (const { id, correct, points } of attempt.questions ?? [])
    rows.add(factQuestionAnswer, {
      learner: names.learner,
      attempt: names.attempt,
      occurred_at: attempt.occurredAt,
      module: names.module,
      task: attempt.taskSlug ?? null,
      question: id,
      is_right: correct,
      points,
      quiz_version: attempt.quizVersion ?? null,
      answer: withText ? answerTo(attempt.answers, id) : null,
      is_void: attempt.voided !== undefined,
    });
}

/** Answers came as an object, or as a list of `{id, value}`. */
function answerTo(answers: unknown, id: string): string | null {
  const value = Array.isArray(answers)
    ? answers.find((one) => one?.id === id)?.value
    : (answers as Record<string, unknown> | undefined)?.[id];
  return value === undefined ? null : JSON.stringify(value);
}

function addData(rows: RowSet, { catalog, withText }: Who, attempt: ToldAttempt, names: Names): void {
  if (attempt.completionData === undefined || !rows.has(factCompletionData)) return;
  const schema = names.module === null ? undefined : catalog.module.get(names.module)?.completionData;
  for (const { field, value } of valuesIn(attempt.completionData, schema, withText))
    rows.add(factCompletionData, {
      learner: names.learner,
      attempt: names.attempt,
      occurred_at: attempt.occurredAt,
      module: names.module,
      field,
      number: typeof value === "number" ? value : null,
      text: typeof value === "string" ? value : null,
      boolean: typeof value === "boolean" ? value : null,
      is_void: attempt.voided !== undefined,
    });
}

function addRefused(rows: RowSet, attempt: ToldAttempt, { learner, attempt: id, event, ...names }: Names): void {
  const type = (["module", "course", "pathway"] as const).find((one) => names[one] !== null);
  rows.add(factClaimRefused, {
    learner,
    attempt: id,
    event,
    occurred_at: attempt.occurredAt,
    received_at: attempt.receivedAt ?? null,
    catalog_version: attempt.catalogVersion ?? null,
    entity_type: type ?? null,
    entity: type === undefined ? null : names[type],
    code: attempt.code ?? null,
    reason: attempt.reason ?? null,
  });
}
