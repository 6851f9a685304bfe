import { shownScore } from "../completion/shown-score.ts";
import { EVER } from "../completion/terms/facts-since.ts";
import type { Term } from "../completion/terms/term.ts";
import type * as Wire from "../contract/index.ts";
import { snakeKeys } from "../model/case.ts";
import type { Decision } from "../model/decision.ts";
import type { ExplainedFact } from "../service/read/explain/explained-facts.ts";
import type { ExplainedDecision, Explanation } from "../service/read/explain/explanation.ts";
import { feedbackFor, type Told } from "./wire.ts";

/** Everything that led to a flag. A learner's own token learns no more of a quiz's results than the quiz tells. */
export const explanationJson = (
  { facts, decisions, terms, definition }: Explanation,
  told: Told,
): Wire.Explanation => ({
  facts: facts.map((fact) => factJson(fact, told)),
  decisions: decisions.map((decision) => decisionJson(decision, told)),
  terms: terms.map(termJson),
  definition: {
    hash: definition.hash,
    flag_hash: definition.flagHash ?? null,
    content: (definition.content as Record<string, unknown> | undefined) ?? null,
    entries: definition.entries.map(({ type, slug, optional, counted, from, until }) => ({
      type,
      slug,
      optional,
      counted,
      from: from ?? null,
      until: until ?? null,
    })),
  },
});

function factJson({ value, isVoid, ...fact }: ExplainedFact, told: Told): Wire.ExplainedFact {
  const ofTask = { moduleSlug: fact.slug, taskSlug: fact.name };
  const isTold = value !== undefined && (fact.fact !== "task" || feedbackFor(told, ofTask) !== "none");
  return {
    ...snakeKeys(fact),
    ...(isTold && { value: value === true ? value : shownScore(value) }),
    ...(isVoid && { void: true }),
  };
}

const decisionJson = ({ decision, isVoid }: ExplainedDecision, told: Told): Wire.ExplainedDecision => ({
  decision: decision.kind,
  event_id: decision.eventId,
  at: decision.at,
  received_at: decision.receivedAt,
  by: decision.by,
  reason: decision.reason,
  ...aboutJson(decision, told),
  ...("withdrawn" in decision && decision.withdrawn && { withdrawn: true }),
  ...(isVoid && { void: true }),
});

/** What a decision is about, by its kind. */
function aboutJson(decision: Decision, told: Told): Partial<Wire.ExplainedDecision> {
  switch (decision.kind) {
    case "waiver":
      return { ...decision.entity, ...(decision.completedAt && { completed_at: decision.completedAt }) };
    case "reset":
      return decision.entity;
    case "void":
      return { voids: decision.voids };
    case "link":
      return { alias: decision.alias };
    case "grant":
      return { type: "module", slug: decision.moduleSlug, task_slug: decision.taskSlug, count: decision.count };
    case "grade": {
      const { moduleSlug, taskSlug, firstScore, score } = decision;
      const scores = { score_before: shownScore(firstScore), score: shownScore(score) };
      const isTold = feedbackFor(told, { moduleSlug, taskSlug }) !== "none";
      return { type: "module", slug: moduleSlug, task_slug: taskSlug, ...(isTold && scores) };
    }
  }
}

const termJson = (term: Term): Wire.ExplainedTerm => ({
  opens_at: term.opensAt === EVER ? null : term.opensAt,
  inferred_at: term.inferredAt,
  completed_at: term.completedAt,
  expires_at: term.expiresAt ?? null,
  next_opens_at: term.nextOpensAt ?? null,
  waived_by: term.waiver?.eventId ?? null,
  ended_at: term.end?.at ?? null,
  ended_by: term.end?.by ?? null,
});
