// The learning record told a second time, as plainly as possible: modules with conditions, what follows for courses and
// pathways, and what history keeps. Like its sibling, it shares nothing with src/completion.

import { createEmptyCard, fsrs, Rating } from "ts-fsrs";
import type { Attempt } from "../../../src/model/attempt.ts";
import type { Facts } from "../../../src/model/progress.ts";
import type { ReviewCard } from "../../../src/model/review.ts";
import { scheduleReview } from "../../../src/review/schedule-review.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import type { Reading } from "../../../src/store/items.ts";
import {
  type CatalogContent,
  type Claim,
  contentOf,
  type ExpectedFlag,
  type ExpectedState,
  expectedOf,
  type Fact,
  flagsIn,
  type SentEvent,
  statementOf,
} from "./oracle.ts";

export type TaskContent = {
  task_slug: string;
  task_type?: string;
  required?: boolean;
  passing_score?: number;
  max_attempts?: number;
};

/** A module as its completion.json holds it. */
export type ModuleContent = {
  slug: string;
  completion_tasks?: TaskContent[];
  score?: { passing_score: number; weights: Record<string, number> };
  steps?: string[];
  prerequisites?: string[];
  enforce_order?: boolean;
  review_items?: { id: string; front: string; back: string }[];
};

export type RecordContent = CatalogContent & { modules: ModuleContent[] };

/** Content files by path. */
export const filesOf = (content: RecordContent): Record<string, unknown> => ({
  ...contentOf(content),
  ...Object.fromEntries(
    content.modules.map(({ slug, ...definition }) => [`modules/${slug}/completion.json`, definition]),
  ),
});

const definitionOf = ({ modules }: RecordContent, slug: string): ModuleContent =>
  modules.find((module) => module.slug === slug) ?? { slug };

const requiredTasks = ({ completion_tasks = [] }: ModuleContent) =>
  completion_tasks.filter(({ required }) => required !== false);

/** Whether a module is complete by conditions, not by being marked so. */
export function isGatedIn(content: RecordContent, slug: string): boolean {
  const module = definitionOf(content, slug);
  return requiredTasks(module).length > 0 || module.score !== undefined || (module.steps ?? []).length > 0;
}

const LISTS = ["tasks", "scores", "steps"] as const;

/** One result of one task, component or step, as one event states it. */
export type Mark = {
  module: string;
  list: (typeof LISTS)[number];
  key: string;
  at: string;
  value: number | true;
};

type Session = { id: string; startedAt?: string; endedAt?: string; [field: string]: unknown };
type Review = { module: string; item: string; at: string; rating: string };

/** What one event says. */
export type Statement = {
  learner: string;
  at: string;
  facts: Fact[];
  marks: Mark[];
  claim?: Claim;
  /** As history keeps it, but for the event's id. */
  attempt?: Record<string, unknown>;
  session?: Session;
  review?: Review;
};

const present = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** @param now the time of receipt */
export function statedIn(content: RecordContent, event: SentEvent, now: string): Statement {
  const field = <T = string>(name: string) => (event[name] ?? event.payload?.[name]) as T;
  const module = field("module_slug");
  const { learner, at } = statementOf({ ...event, eventName: "learning_page_viewed" }, now);
  const attempt = (kind: string, given: Record<string, unknown>) => ({
    attempt: present({ occurredAt: at, moduleSlug: module, kind, ...given }),
  });
  const said = { learner, at, facts: [], marks: [] };
  const { eventName: name } = event;

  if (name === "learning_module_progressed")
    return { ...said, marks: [{ module, list: "steps", key: field("step"), at, value: true }] };
  if (name === "learning_task_submitted") {
    const score = field<number | undefined>("score");
    const key = field("task_slug");
    return {
      ...said,
      marks: [{ module, list: "tasks", key, at, value: score ?? true }],
      ...attempt("task", { taskSlug: key, score, attested: score === undefined ? true : undefined }),
    };
  }
  if (name === "learning_module_scored") {
    const scores = field<Record<string, number>>("scores");
    const marks = Object.entries(scores).map(([key, value]): Mark => ({ module, list: "scores", key, at, value }));
    return { ...said, marks, ...attempt("score", { scores }) };
  }
  if (name === "learning_module_completed") {
    const isGated = isGatedIn(content, module);
    const kept = attempt(isGated ? "claim" : "completion", { completionData: field<unknown>("completion_data") });
    if (isGated) return { ...said, claim: { entity: `module/${module}`, claimedAt: at }, ...kept };
    return { ...said, ...statementOf(event, now), ...kept };
  }
  if (name === "learning_session_started") {
    const context = { sessionType: field("session_type"), moduleSlug: module, source: field("source") };
    return { ...said, session: { id: field("session_id"), startedAt: at, ...present(context) } };
  }
  if (name === "learning_session_ended") {
    const counts = { sessionType: field("session_type"), itemsStudied: field<number>("items_studied") };
    return { ...said, session: { id: field("session_id"), endedAt: at, ...present(counts) } };
  }
  if (name === "learning_item_reviewed")
    return { ...said, review: { module, item: field("item_id"), at, rating: field("rating") } };
  const claimed = /^learning_(course|pathway)_completed$/.exec(name)?.[1];
  if (claimed === undefined) return { ...said, ...statementOf(event, now) };
  const slug = { [`${claimed}Slug`]: field(`${claimed}_slug`) };
  return { ...said, ...statementOf(event, now), ...attempt("claim", { moduleSlug: undefined, ...slug }) };
}

// Modules.

type Scored = NonNullable<ModuleContent["score"]>;

/** The weighted sum of the best scores and the sum of the weights, in whole numbers only: weights in tenths, scores in hundredths. */
function weighed({ weights }: Scored, marks: readonly Mark[]): { sum: number; total: number } {
  const best = (component: string) =>
    Math.max(
      0,
      ...marks.filter(({ list, key }) => list === "scores" && key === component).map(({ value }) => Number(value)),
    );
  const tenths = (weight: number) => Math.round(weight * 10);
  let [sum, total] = [0, 0];
  for (const [component, weight] of Object.entries(weights)) {
    sum += tenths(weight) * Math.round(best(component) * 100);
    total += tenths(weight);
  }
  return { sum, total };
}

/** The exact score decides, and not the one that is shown. */
function isPassed(score: Scored, marks: readonly Mark[]): boolean {
  const { sum, total } = weighed(score, marks);
  return sum >= Math.round(score.passing_score * 100) * total;
}

/** In hundredths, half up, but never as passed where it is not. */
function shown(score: Scored, marks: readonly Mark[]): number {
  const { sum, total } = weighed(score, marks);
  const rounded = Math.floor((2 * sum + total) / (2 * total));
  const isTooMuch = !isPassed(score, marks) && rounded >= Math.round(score.passing_score * 100);
  return isTooMuch ? Math.floor(sum / total) : rounded;
}

/** Which of a module's conditions hold with these marks. */
function conditionsMet(module: ModuleContent, marks: readonly Mark[]): boolean[] {
  const has = (list: Mark["list"], key: string, least?: number) =>
    marks.some(
      (mark) =>
        mark.list === list &&
        mark.key === key &&
        (least === undefined || (typeof mark.value === "number" && mark.value >= least)),
    );
  return [
    ...requiredTasks(module).map(({ task_slug, passing_score }) => has("tasks", task_slug, passing_score)),
    ...(module.score ? [isPassed(module.score, marks)] : []),
    ...(module.steps ?? []).map((step) => has("steps", step)),
  ];
}

const FIVE_MINUTES = 5 * 60_000;

export type ModuleFlag = ExpectedFlag & { cumulativeScore?: number };

export type ExpectedModule = {
  /** When it was completed: by its flag, or by being marked so. */
  completedAt?: string;
  flag?: ModuleFlag;
  /** Undefined where it has no conditions. */
  percentage?: number;
  cumulativeScore?: number;
  currentStep: string | null;
};

/** @param marks those of this module @param markedAt when it was first marked complete @param claimedAt of the first accepted claim */
export function expectedModule(
  content: RecordContent,
  slug: string,
  marks: readonly Mark[],
  markedAt: string | undefined,
  claimedAt: string | undefined,
): ExpectedModule {
  const module = definitionOf(content, slug);
  const currentStep = currentStepOf(module, marks);
  const score = module.score && { cumulativeScore: shown(module.score, marks) / 100 };
  if (!isGatedIn(content, slug)) return { ...(markedAt !== undefined && { completedAt: markedAt }), currentStep };

  const met = conditionsMet(module, marks).filter(Boolean).length;
  const steps = module.steps ?? [];
  const done = steps.filter((step) => marks.some(({ list, key }) => list === "steps" && key === step)).length;
  const share = steps.length > 0 ? done / steps.length : met / conditionsMet(module, marks).length;
  // All of it is told of a module that is complete, and of no other.
  const view = { percentage: Math.min(Math.round(share * 100), 99), currentStep, ...score };

  // The first moment at which what had been done until then was enough.
  const inferredAt = marks
    .map(({ at }) => at)
    .sort()
    .find((moment) => {
      const until = marks.filter(({ at }) => at <= moment);
      return conditionsMet(module, until).every(Boolean);
    });
  if (inferredAt === undefined) return view;
  const stands = claimedAt !== undefined && Math.abs(Date.parse(claimedAt) - Date.parse(inferredAt)) <= FIVE_MINUTES;
  const completedAt = stands ? claimedAt : inferredAt;
  const flag: ModuleFlag = {
    completedAt,
    completionSource: stands ? "explicit" : "inferred",
    ...(claimedAt !== undefined && { claimedAt }),
    ...score,
  };
  return { completedAt, flag, ...view, percentage: 100 };
}

function currentStepOf({ steps = [] }: ModuleContent, marks: readonly Mark[]): string | null {
  const place = (key: string) => String(steps.indexOf(key) + 1).padStart(3, "0");
  const ranked = marks
    .filter(({ list }) => list === "steps")
    .map(({ at, key }) => ({ key, rank: `${at} ${place(key)} ${key}` }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return ranked.at(-1)?.key ?? null;
}

/** All that was stated, each once, as texts. */
export function keptMarks(marks: readonly Mark[]): Record<string, Record<string, string[]>> {
  const kept: Record<string, Record<string, string[]>> = {};
  for (const mark of marks) {
    kept[mark.module] ??= {};
    const lists = kept[mark.module] as Record<string, string[]>;
    lists[mark.list] = [...new Set(lists[mark.list]).add(`${mark.at}#${mark.value}#${mark.key}`)].sort();
  }
  return kept;
}

// Everything of one learner.

export type ExpectedRecord = {
  facts: Record<string, object>;
  flags: Record<string, ModuleFlag>;
  /** Every module of the catalog, and every other that was named. */
  modules: Record<string, ExpectedModule>;
  states: Record<string, ExpectedState>;
};

/**
 * @param statements all that one learner did and was not refused, in any order
 * @param claims all accepted claims, in the order in which they were accepted
 */
export function expectedRecord(
  content: RecordContent,
  statements: readonly Statement[],
  claims: readonly Claim[] = [],
): ExpectedRecord {
  const stated = statements.flatMap(({ facts }) => facts);
  const marks = statements.flatMap((statement) => statement.marks);
  const slugs = new Set([
    ...content.modules.map(({ slug }) => slug),
    ...marks.map(({ module }) => module),
    ...stated.flatMap(({ entity }) => (entity.startsWith("module/") ? [entity.slice("module/".length)] : [])),
  ]);
  const modules: Record<string, ExpectedModule> = {};
  for (const slug of slugs) {
    const entity = `module/${slug}`;
    const markedAt = stated
      .filter((fact) => fact.entity === entity && fact.time === "completedAt")
      .map(({ at }) => at)
      .sort()[0];
    const claimedAt = claims.find((claim) => claim.entity === entity)?.claimedAt;
    const own = marks.filter(({ module }) => module === slug);
    modules[slug] = expectedModule(content, slug, own, markedAt, claimedAt);
  }

  // For a course it is all the same how a module was completed.
  const completions = Object.entries(modules).flatMap(([slug, { completedAt }]): Fact[] =>
    completedAt === undefined ? [] : [{ entity: `module/${slug}`, time: "completedAt", at: completedAt }],
  );
  const judged = expectedOf(content, completions, claims);
  const facts: Record<string, object> = expectedOf(content, stated, []).facts;
  for (const [slug, lists] of Object.entries(keptMarks(marks)))
    facts[`module/${slug}`] = { ...facts[`module/${slug}`], ...lists };
  const moduleFlags = Object.entries(modules).flatMap(([slug, { flag }]) => (flag ? [[`module/${slug}`, flag]] : []));
  return { facts, flags: { ...Object.fromEntries(moduleFlags), ...flagsIn(judged) }, modules, states: judged.states };
}

// What history keeps.

const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** One text per thing, each once, in one order. */
export const asSet = (things: readonly unknown[]): string[] => [...new Set(things.map(text))].sort();
/** As `asSet`, but what is there twice stays so. */
export const asList = (things: readonly unknown[]): string[] => things.map(text).sort();

/** An event that was accepted: what its sender calls it, and what tells it from others. */
export type Taken = { statement: Statement; eventId: string; identity: string; isRefused?: true };

/** What history holds, but for what it says of the service: when it was received, by what it was judged, and in which words. */
export const attemptsIn = (attempts: readonly Attempt[]): object[] =>
  attempts.map(
    ({ receivedAt: _, catalogVersion: __, code: ___, reason: ____, questions: _____, quizVersion: ______, ...kept }) =>
      kept,
  );

export const expectedAttempts = (taken: readonly Taken[]): string[] =>
  asSet(
    taken.flatMap(({ statement: { attempt }, eventId, identity, isRefused }) =>
      attempt ? [{ ...attempt, eventId, identity, ...(isRefused && { refused: true }) }] : [],
    ),
  );

/** Sessions of learners' own, by id: the earliest start, and what `ended` says of the end. */
export function expectedSessions(
  taken: readonly Taken[],
  ended: (ends: Session[]) => Session | undefined,
): Record<string, object> {
  const sessions = taken.flatMap(({ statement: { session } }) => session ?? []);
  return Object.fromEntries(
    [...new Set(sessions.map(({ id }) => id))].map((id) => {
      const starts = sessions.filter((session) => session.id === id && session.startedAt !== undefined);
      const first = starts.sort((a, b) => (String(a.startedAt) < String(b.startedAt) ? -1 : 1))[0];
      const end = ended(sessions.filter((session) => session.id === id && session.endedAt !== undefined));
      const { id: _, ...session } = { id, ...end, ...first };
      return [id, { sessionId: id, ...session }];
    }),
  );
}

export type ExpectedSchedule = { dueAt: string; reviewCount: number; lastReviewedAt: string };

/** Every card that was reviewed: its reviews one after the other, in order of time, each once. */
export function expectedSchedules(taken: readonly Taken[]): Record<string, ExpectedSchedule> {
  const grades = { again: Rating.Again, hard: Rating.Hard, good: Rating.Good, easy: Rating.Easy } as const;
  const reviews = taken.flatMap(({ statement: { review }, identity }) => (review ? [{ ...review, identity }] : []));
  const cards = Map.groupBy(reviews, ({ module, item }) => `${module}/${item}`);
  return Object.fromEntries(
    [...cards].map(([name, all]) => {
      const distinct = [...new Map(all.map((review) => [`${review.at} ${review.identity}`, review]))];
      const inOrder = distinct.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, review]) => review);
      let card = createEmptyCard(new Date(String(inOrder[0]?.at)));
      for (const { at, rating } of inOrder)
        card = fsrs({ enable_fuzz: false }).next(card, new Date(at), grades[rating as keyof typeof grades]).card;
      const lastReviewedAt = String(inOrder.at(-1)?.at);
      return [name, { dueAt: card.due.toISOString(), reviewCount: inOrder.length, lastReviewedAt }];
    }),
  );
}

// What a store holds, in the same words.

/** When the cards that were reviewed are due next. */
export const scheduleIn = (cards: readonly ReviewCard[]): Record<string, ExpectedSchedule> =>
  Object.fromEntries(
    cards
      .filter(({ reviews }) => reviews.length > 0)
      .map((card) => {
        const { dueAt, reviewCount, lastReviewedAt } = scheduleReview(card);
        return [`${card.moduleSlug}/${card.itemId}`, { dueAt, reviewCount, lastReviewedAt: String(lastReviewedAt) }];
      }),
  );

/** Facts and flags of a learner, and the event that each flag names. Entities without facts or flag are left out. */
export function storedRecord({ progress }: Reading) {
  const facts: Record<string, object> = {};
  const flags: Record<string, object> = {};
  const eventIds: Record<string, string | undefined> = {};
  for (const kind of ["module", "course", "pathway"] as const)
    for (const [slug, { facts: given, flag }] of progress[kind]) {
      const entity = `${kind}/${slug}`;
      if (Object.keys(given).length > 0) facts[entity] = factsAsText(given);
      if (flag === undefined) continue;
      const { eventId, recordedAt: _, catalogVersion: __, definition: ___, claimSource: ____, ...rest } = flag;
      flags[entity] = rest;
      eventIds[entity] = eventId;
    }
  return { facts, flags, eventIds };
}

/** When an enrolment was received is no part of what was said. */
const factsAsText = ({ tasks, scores, steps, marks: _, early: __, enrollmentReceipt: ___, ...times }: Facts) => ({
  ...times,
  ...Object.fromEntries(
    Object.entries({ tasks, scores, steps }).flatMap(([list, results]) =>
      results ? [[list, [...new Set(results.map(({ at, value, key }) => `${at}#${value}#${key}`))].sort()]] : [],
    ),
  ),
});

export const cardName = ({ moduleSlug, itemId }: Pick<ReviewCard, "moduleSlug" | "itemId">) =>
  `${moduleSlug}/${itemId}`;

/** The events that were accepted, under their ids. */
export const takenOf = (answered: readonly { statement: Statement; answer: EventResult }[]): Taken[] =>
  answered.flatMap(({ statement, answer }) =>
    answer.error ? [] : [{ statement, eventId: answer.eventId, identity: answer.identity }],
  );

/**
 * Claims that the facts did not bear out, and completions of what was locked, unless they were accepted when they were
 * sent again: history has them too.
 */
export function refusedOf(answered: readonly { statement: Statement; answer: EventResult }[]): Taken[] {
  const accepted = new Set(takenOf(answered).map(({ identity }) => identity));
  return answered.flatMap(({ statement, answer: { error, eventId, identity } }) =>
    isKeptRefused(statement, error?.code) && !accepted.has(String(identity))
      ? [refusedAs(statement, String(eventId), String(identity))]
      : [],
  );
}

/** What history has of an event that was refused: it counts as a claim. */
export const refusedAs = (statement: Statement, eventId: string, identity: string): Taken => ({
  statement: { ...statement, attempt: { ...statement.attempt, kind: "claim" } },
  eventId,
  identity,
  isRefused: true,
});

/** Whether history has an event that was refused with this code. */
export const isKeptRefused = ({ attempt }: Statement, code: string | undefined): boolean =>
  code === "COMPLETION_NOT_REACHED" ||
  (code === "MODULE_LOCKED" && (attempt?.kind === "claim" || attempt?.kind === "completion"));
