// What facts and claims mean, told a second time and as plainly as possible, to hold the service against. It shares
// nothing with src/completion, reads events by itself, and works everything out from the beginning every time.

import type { Facts, Flag } from "../../../src/model/progress.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import type { Reading } from "../../../src/store/items.ts";

type EntryContent = string | { slug: string; optional?: boolean };
type RuleContent = { rule: "all" } | { rule: "at-least"; count: number };

/** Courses and pathways as their content files hold them. */
export type CatalogContent = {
  courses: { slug: string; modules: EntryContent[]; completion?: RuleContent }[];
  pathways: { slug: string; courses?: EntryContent[]; modules?: EntryContent[]; completion?: RuleContent }[];
};

/** The same by path. */
export const contentOf = ({ courses, pathways }: CatalogContent): Record<string, unknown> =>
  Object.fromEntries([
    ...courses.map((course) => [`courses/${course.slug}.json`, course]),
    ...pathways.map((pathway) => [`pathways/${pathway.slug}.json`, pathway]),
  ]);

type Flagged = "course" | "pathway";
type FactTime = "recommendedAt" | "startedAt" | "completedAt" | "enrolledAt";

/** One time that one event states; `source` is an enrolment's. */
export type Fact = { entity: string; time: FactTime; at: string; source?: string | null };
export type Claim = { entity: string; claimedAt: string };

/** What one event says. Entities are named as `course/ruby`. */
export type Statement = { learner: string; at: string; facts: Fact[]; claim?: Claim };

/** An event as clients send it. */
export type SentEvent = {
  eventName: string;
  eventId?: string;
  contactIdentifier: { contactId?: string; email?: string };
  payload?: Record<string, unknown>;
  [field: string]: unknown;
};

const FIVE_MINUTES = 5 * 60 * 1000;
const apart = (a: string, b: string) => Math.abs(Date.parse(a) - Date.parse(b));

/** @param now the time of receipt */
export function statementOf(event: SentEvent, now: string): Statement {
  const field = (name: string) => (event[name] ?? event.payload?.[name]) as string | undefined;
  const moment = (name: string) => {
    const text = field(name);
    return text === undefined ? undefined : new Date(text).toISOString();
  };
  const sentAt = moment("ts");
  const isCredible = (time: string) => time >= "2000" && Date.parse(time) <= Date.parse(now) + FIVE_MINUTES;
  const at = sentAt !== undefined && isCredible(sentAt) ? sentAt : now;
  const { contactId, email = "" } = event.contactIdentifier;
  const learner = contactId ?? email.trim().toLowerCase();

  const ofModule = (time: FactTime): Fact[] => [{ entity: `module/${field("module_slug")}`, time, at }];
  const ofHolders = (kinds: Flagged[], time: "enrolledAt" | "startedAt"): Fact[] =>
    kinds
      .filter((kind) => field(`${kind}_slug`) !== undefined)
      .map((kind) => ({
        entity: `${kind}/${field(`${kind}_slug`)}`,
        time,
        at,
        ...(time === "enrolledAt" && { source: field("enrollment_source") ?? null }),
      }));
  const claimOf = (kind: Flagged): Claim => ({
    entity: `${kind}/${field(`${kind}_slug`)}`,
    claimedAt: moment("completed_at") ?? at,
  });

  switch (event.eventName) {
    case "learning_pathway_enrolled":
      return { learner, at, facts: ofHolders(["pathway"], "enrolledAt") };
    case "learning_course_enrolled":
      return { learner, at, facts: ofHolders(["course", "pathway"], "enrolledAt") };
    case "learning_module_recommended":
      return { learner, at, facts: ofModule("recommendedAt") };
    case "learning_module_started":
      return {
        learner,
        at,
        facts: [
          ...ofModule("startedAt"),
          ...ofHolders(["course", "pathway"], "enrolledAt"),
          ...ofHolders(["course", "pathway"], "startedAt"),
        ],
      };
    case "learning_module_completed":
      return { learner, at, facts: ofModule("completedAt") };
    case "learning_course_completed":
      return { learner, at, facts: [], claim: claimOf("course") };
    case "learning_pathway_completed":
      return { learner, at, facts: [], claim: claimOf("pathway") };
    case "learning_page_viewed":
      return { learner, at, facts: [] };
    default:
      throw new Error(`The oracle knows no ${event.eventName}`);
  }
}

export type ExpectedFlag = { completedAt: string; completionSource: "inferred" | "explicit"; claimedAt?: string };

/** What the facts and claims make of one course or pathway of one learner. */
export type ExpectedState = {
  /** When the facts first completed it. */
  inferredAt?: string;
  /** There only where it is complete. */
  flag?: ExpectedFlag;
  progress: { completed: number; total: number; needed: number; shortBy: number };
  /** Empty where it is complete. */
  missing: string[];
};

export type Expected = {
  /** The earliest of each stated time, by entity. */
  facts: Record<string, Record<string, string | null>>;
  /** Every course and pathway of the catalog. */
  states: Record<string, ExpectedState>;
};

/**
 * @param facts all that one learner did, in any order
 * @param claims all accepted claims of the learner, in the order in which they were accepted
 * @param standing the flags that were set under an earlier catalog: they stay as they are, and count
 */
export function expectedOf(
  content: CatalogContent,
  facts: readonly Fact[],
  claims: readonly Claim[],
  standing: Record<string, ExpectedFlag> = {},
): Expected {
  const states: Record<string, ExpectedState> = {};
  const completedAt = (entity: string): string | undefined =>
    entity.startsWith("module/")
      ? facts
          .filter((fact) => fact.entity === entity && fact.time === "completedAt")
          .map(({ at }) => at)
          .sort()[0]
      : (standing[entity] ?? states[entity]?.flag)?.completedAt;

  // Courses first: pathways look at them.
  for (const { slug, modules, completion } of content.courses)
    states[`course/${slug}`] = judged(`course/${slug}`, entriesOf("module", modules), completion);
  for (const { slug, courses = [], modules = [], completion } of content.pathways) {
    const entries = [...entriesOf("course", courses), ...entriesOf("module", modules)];
    states[`pathway/${slug}`] = judged(`pathway/${slug}`, entries, completion);
  }

  function judged(
    entity: string,
    entries: { entity: string; optional: boolean }[],
    rule: RuleContent = { rule: "all" },
  ): ExpectedState {
    const counted = rule.rule === "all" ? entries.filter(({ optional }) => !optional) : entries;
    const needed = rule.rule === "all" ? counted.length : rule.count;
    const times = counted.map((entry) => completedAt(entry.entity)).filter((time) => time !== undefined);
    const countAt = (moment: string) => times.filter((time) => time <= moment).length;
    const inferredAt = needed === 0 ? undefined : [...times].sort().find((moment) => countAt(moment) >= needed);
    const shortBy = inferredAt === undefined ? needed - times.length : 0;
    const progress = { completed: times.length, total: counted.length, needed, shortBy };
    if (inferredAt === undefined) {
      const missing = counted.map((entry) => entry.entity).filter((entry) => completedAt(entry) === undefined);
      return { progress, missing };
    }
    const claimedAt = claims.find((claim) => claim.entity === entity)?.claimedAt;
    const stands = claimedAt !== undefined && apart(claimedAt, inferredAt) <= FIVE_MINUTES;
    return {
      inferredAt,
      flag: {
        completedAt: stands ? claimedAt : inferredAt,
        completionSource: stands ? "explicit" : "inferred",
        ...(claimedAt !== undefined && { claimedAt }),
      },
      progress,
      missing: [],
    };
  }

  return { facts: mergedFacts(facts), states };
}

const entriesOf = (kind: string, entries: readonly EntryContent[]) =>
  entries.map((entry) =>
    typeof entry === "string"
      ? { entity: `${kind}/${entry}`, optional: false }
      : { entity: `${kind}/${entry.slug}`, optional: entry.optional === true },
  );

function mergedFacts(facts: readonly Fact[]): Expected["facts"] {
  const merged: Expected["facts"] = {};
  for (const entity of new Set(facts.map((fact) => fact.entity))) {
    const times: Record<string, string | null> = {};
    for (const time of new Set(facts.filter((fact) => fact.entity === entity).map((fact) => fact.time))) {
      const stated = facts.filter((fact) => fact.entity === entity && fact.time === time);
      const first = stated.map(({ at }) => at).sort()[0] as string;
      times[time] = first;
      if (time === "enrolledAt") {
        const sources = stated.filter(({ at }) => at === first).map(({ source }) => source ?? null);
        times.enrollmentSource = sources.filter((source) => source !== null).sort()[0] ?? null;
      }
    }
    merged[entity] = times;
  }
  return merged;
}

/** What one of several events, one after the other, finds and leaves behind. */
export type Step = {
  after: Expected;
  /** Only of a claim. */
  verdict?: { known: boolean; accepted: boolean; outsideTolerance: boolean };
  /** Courses and pathways that were not complete before it. */
  completes: string[];
};

/** One learner's events, in the order in which they are applied. */
export function stepsOf(content: CatalogContent, statements: readonly Statement[]): Step[] {
  const facts: Fact[] = [];
  const claims: Claim[] = [];
  const completeOf = ({ states }: Expected) => Object.keys(states).filter((entity) => states[entity]?.flag);
  let before = expectedOf(content, [], []);
  return statements.map((statement) => {
    facts.push(...statement.facts);
    const { claim } = statement;
    const found = claim && expectedOf(content, facts, claims).states[claim.entity];
    if (claim && found?.flag) claims.push(claim);
    const after = expectedOf(content, facts, claims);
    const already = completeOf(before);
    before = after;
    return {
      after,
      ...(claim && {
        verdict: {
          known: found !== undefined,
          accepted: found?.flag !== undefined,
          outsideTolerance: found?.inferredAt !== undefined && apart(claim.claimedAt, found.inferredAt) > FIVE_MINUTES,
        },
      }),
      completes: completeOf(after).filter((entity) => !already.includes(entity)),
    };
  });
}

// What the service says, in the same words.

/** The flags that the oracle expects, by entity. */
export const flagsIn = ({ states }: Expected): Record<string, ExpectedFlag> =>
  Object.fromEntries(Object.entries(states).flatMap(([entity, { flag }]) => (flag ? [[entity, flag]] : [])));

/** What a store holds of a learner, and the event that each flag names. Entities without facts or flag are left out. */
export function storedIn({ progress }: Reading) {
  const facts: Record<string, Facts> = {};
  const flags: Record<string, Partial<Flag>> = {};
  const eventIds: Record<string, string | undefined> = {};
  for (const [slug, { facts: given }] of progress.module) {
    // Marks say how a time is known; the times themselves are compared.
    const { marks: _, early: __, ...times } = given;
    facts[`module/${slug}`] = times;
  }
  for (const kind of ["course", "pathway"] as const)
    for (const [slug, { facts: stored, flag }] of progress[kind]) {
      // When something was received is no part of what was said.
      const { enrollmentReceipt: _, ...given } = stored;
      const entity = `${kind}/${slug}`;
      if (Object.keys(given).length > 0) facts[entity] = given;
      if (flag === undefined) continue;
      const { eventId, recordedAt: __, catalogVersion: ___, definition: ____, claimSource: _____, ...rest } = flag;
      flags[entity] = rest;
      eventIds[entity] = eventId;
    }
  return { facts, flags, eventIds };
}

/** The courses and pathways that an answer names. */
export const toldIn = (answer: EventResult) =>
  (answer.error ? [] : answer.outcome.flagged).map(({ type, slug, state, progress, newlyCompleted }) => ({
    entity: `${type}/${slug}`,
    completedAt: state.flag?.completedAt,
    progress,
    newlyCompleted,
  }));

/** The transitions that an answer reports. */
export const newlyCompletedIn = (answer: EventResult): string[] =>
  toldIn(answer)
    .filter(({ newlyCompleted }) => newlyCompleted)
    .map(({ entity }) => entity)
    .sort();
