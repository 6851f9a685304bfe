import type { Catalog, Definition, Entry } from "../../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../../model/entity.ts";
import type { EntityState, Flag, Progress } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import { momentOf } from "../decisions/standing-waivers.ts";
import { isCurrent } from "../is-current.ts";
import { EVER } from "./facts-since.ts";
import { moduleDoneAt, moduleDoneSince } from "./module-done.ts";
import { askedOnce, type Done, type DoneSpans, firstSatisfied, NEVER, NONE_COUNTS } from "./satisfied.ts";
import { type Found, termsOfSpan } from "./span.ts";
import type { Term } from "./term.ts";

/** The completed terms of a course or pathway, oldest first. */
export type Terms = {
  terms: readonly Term[];
  /** The newest, if it is of the last span: since the last reset. */
  newest: Term | undefined;
  /** When the last span begins. */
  spanStart: Timestamp;
  /** When the entries count in the window from a moment on. */
  spansFrom: (opensAt: Timestamp) => DoneSpans;
};

/** Terms as the facts tell them; and the same, where a flag tells when one of the last span was completed. */
export type TermsByFacts = Terms & { anchoredTo: (flag: Flag) => Terms };

/** The terms that facts and decisions complete, a claim's time where one stands. */
export function termsOf(catalog: Catalog, { type, slug }: EntityRef<HolderType>, progress: Progress): TermsByFacts {
  const definition = catalog[type].get(slug);
  const state = progress[type].get(slug) ?? { facts: {} };
  const { resets = [] } = state;
  const spanStart = resets.at(-1) ?? EVER;
  const hasOneWindow = state.resets === undefined && definition?.validFor === undefined;
  const spansFrom = windowsOf(catalog, definition, progress, hasOneWindow);
  const find = finderOf(catalog, definition, state, spansFrom);
  const earlier = resets.flatMap((cut, index) =>
    termsOfSpan({ definition, state, find, start: resets[index - 1] ?? EVER, cut }),
  );
  const anchoredTo = (anchor?: Flag): TermsByFacts => {
    const last = termsOfSpan({ definition, state, find, start: spanStart, cut: undefined, anchor });
    const terms = earlier.length === 0 ? last : [...earlier, ...last];
    return { terms, newest: last.at(-1), spanStart, spansFrom, anchoredTo };
  };
  return anchoredTo();
}

/**
 * The terms as a reader is told of them: a flag that was earned under an older definition tells when its term was
 * completed.
 * @param byFacts those of the facts, of who has worked them out already
 */
export function toldTerms(
  catalog: Catalog,
  entity: EntityRef<HolderType>,
  progress: Progress,
  byFacts: TermsByFacts = termsOf(catalog, entity, progress),
): Terms {
  const flag = progress[entity.type].get(entity.slug)?.flag;
  const isTold = byFacts.newest !== undefined || isDecided(progress);
  const anchor = flag && anchorOf(catalog, entity, flag, isTold);
  return anchor === undefined || anchor.completedAt < byFacts.spanStart ? byFacts : byFacts.anchoredTo(anchor);
}

const isDecided = ({ decisions = [] }: Progress): boolean => decisions.length > 0;

/**
 * The flag that tells when a term was completed, since the facts cannot: one of an older definition, by which it was
 * earned, and one of which nothing that is stored tells.
 */
function anchorOf(catalog: Catalog, entity: EntityRef, flag: Flag, isTold: boolean): Flag | undefined {
  return isTold && isCurrent(catalog, entity, flag) ? undefined : flag;
}

/** Finds when the window from a moment on is first satisfied. */
function finderOf(
  catalog: Catalog,
  definition: Definition | undefined,
  state: EntityState,
  spansFrom: Terms["spansFrom"],
): (opensAt: Timestamp) => Found | undefined {
  return (opensAt) => {
    const at = definition && firstSatisfied(definition, spansFrom(opensAt), catalog.asOf);
    const waiver = state.waivers?.find((one) => momentOf(one) >= opensAt);
    if (waiver === undefined || (at !== undefined && at <= momentOf(waiver)))
      return at === undefined ? undefined : { at };
    return { at: momentOf(waiver), waiver };
  };
}

/** Whether nothing ends a holder's completion, nor was decided about it: then its flag tells all that there is to know. */
export const isForGood = (catalog: Catalog, { type, slug }: EntityRef<HolderType>, state: EntityState): boolean =>
  catalog[type].get(slug)?.validFor === undefined && state.resets === undefined && !state.isDisputed;

type SpansSince = (opensAt: Timestamp) => readonly Done[];

/**
 * When the entries of a definition count, window by window; each window is worked out once, and what all have in common once.
 * @param hasOneWindow whether there is none but that which is open to all that was done, as with most
 */
function windowsOf(
  catalog: Catalog,
  definition: Definition | undefined,
  progress: Progress,
  hasOneWindow: boolean,
): Terms["spansFrom"] {
  if (definition === undefined) return () => NONE_COUNTS;
  const windows = new Map<Timestamp, DoneSpans>();
  const entries = new Map<Entry, SpansSince>();
  const spansIn = (entry: Entry, opensAt: Timestamp): readonly Done[] => {
    const spansSince = entries.get(entry) ?? spansOf(catalog, entry, progress);
    if (spansSince !== NONE_COUNTS || entry.type === "course") entries.set(entry, spansSince);
    return spansSince(opensAt);
  };
  return (opensAt) => {
    const known = windows.get(opensAt);
    if (known) return known;
    const spans = askedOnce(definition, (entry) =>
      entry.type === "module" && hasOneWindow ? spansEver(catalog, entry, progress) : spansIn(entry, opensAt),
    );
    windows.set(opensAt, spans);
    return spans;
  };
}

/** When a module counts in the window that is open to all that was done. */
function spansEver(catalog: Catalog, { slug }: Entry, progress: Progress): readonly Done[] {
  const from = moduleDoneAt(catalog, slug, progress.module.get(slug));
  return from === undefined ? NEVER : [{ from }];
}

/** When an entry counts in the window from a moment on. */
function spansOf(catalog: Catalog, { type, slug }: Entry, progress: Progress): SpansSince {
  if (type === "module") {
    const state = progress.module.get(slug);
    if (state === undefined) return NONE_COUNTS;
    const doneSince = moduleDoneSince(catalog, slug, state);
    return (opensAt) => {
      const from = doneSince(opensAt);
      return from === undefined ? NEVER : [{ from }];
    };
  }
  const spans = spansOfCourse(catalog, slug, progress);
  if (spans.length === 0) return NONE_COUNTS;
  return (opensAt) => spans.filter(({ from }) => from >= opensAt);
}

/** A course counts by its terms: from when one of them was completed until it ends, where the next one may take over. */
function spansOfCourse(catalog: Catalog, slug: string, progress: Progress): readonly Done[] {
  const entity = { type: "course", slug } as const;
  const state = progress.course.get(slug);
  if (state?.flag && isForGood(catalog, entity, state)) return [{ from: state.flag.completedAt }];
  if (state === undefined && isUntouched(catalog.course.get(slug), progress)) return NEVER;
  const { terms } = toldTerms(catalog, entity, progress);
  return terms.map(({ completedAt: from, end }) => ({ from, until: end?.at }));
}

/** Whether a learner has done nothing of a course: then it has no terms, and a pathway has many such courses. */
const isUntouched = (definition: Definition | undefined, progress: Progress): boolean =>
  definition === undefined ||
  definition.entries.every(({ type, slug }) => type === "module" && !progress[type].has(slug));
