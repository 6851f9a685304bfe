import type { Catalog, Definition, Entry } from "../../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../../model/entity.ts";
import type { EntityState, Progress } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import { momentOf } from "../decisions/standing-waivers.ts";
import { isCurrent } from "../is-current.ts";
import { EVER } from "./facts-since.ts";
import { moduleDoneSince } from "./module-done.ts";
import { askedOnce, type Done, type DoneSpans, firstSatisfied } from "./satisfied.ts";
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

/**
 * The terms that facts and decisions complete, a claim's time where one stands.
 * @param anchored whether a flag that was earned under an older definition tells when its term was completed
 */
export function termsOf(
  catalog: Catalog,
  { type, slug }: EntityRef<HolderType>,
  progress: Progress,
  anchored = false,
): Terms {
  const definition = catalog[type].get(slug);
  const state = progress[type].get(slug) ?? { facts: {} };
  const cuts = state.resets ?? [];
  const spanStart = cuts.at(-1) ?? EVER;
  const spansFrom = windowsOf(catalog, definition, progress);
  const find = finderOf(catalog, definition, state, spansFrom);
  const starts = [EVER, ...cuts];
  const spans = starts.map((start, index) => termsOfSpan({ definition, state, find, start, cut: cuts[index] }));
  const byFacts = spans.at(-1) ?? [];
  const anchor = anchored
    ? anchorOf(catalog, { type, slug }, state, byFacts.length > 0 || isDecided(progress))
    : undefined;
  const last =
    anchor === undefined || anchor.completedAt < spanStart
      ? byFacts
      : termsOfSpan({ definition, state, find, start: spanStart, cut: undefined, anchor });
  return { terms: [...spans.slice(0, -1).flat(), ...last], newest: last.at(-1), spanStart, spansFrom };
}

const isDecided = ({ decisions = [] }: Progress): boolean => decisions.length > 0;

/**
 * The flag that tells when a term was completed, since the facts cannot: one of an older definition, by which it was
 * earned, and one of which nothing that is stored tells.
 */
function anchorOf(catalog: Catalog, entity: EntityRef, { flag }: EntityState, isTold: boolean) {
  if (flag === undefined || (isTold && isCurrent(catalog, entity, flag))) return undefined;
  return flag;
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

/** When the entries of a definition count, window by window; each window is worked out once, and what all have in common once. */
function windowsOf(catalog: Catalog, definition: Definition | undefined, progress: Progress): Terms["spansFrom"] {
  const windows = new Map<Timestamp, DoneSpans>();
  const entries = new Map<Entry, (opensAt: Timestamp) => readonly Done[]>();
  const spansIn = (entry: Entry, opensAt: Timestamp): readonly Done[] => {
    const spansSince = entries.get(entry) ?? spansOf(catalog, entry, progress);
    entries.set(entry, spansSince);
    return spansSince(opensAt);
  };
  return (opensAt) => {
    const known = windows.get(opensAt);
    if (known) return known;
    const spans: DoneSpans = definition ? askedOnce(definition, (entry) => spansIn(entry, opensAt)) : () => [];
    windows.set(opensAt, spans);
    return spans;
  };
}

/** When an entry counts in the window from a moment on. */
function spansOf(catalog: Catalog, { type, slug }: Entry, progress: Progress): (opensAt: Timestamp) => readonly Done[] {
  if (type === "module") {
    const doneSince = moduleDoneSince(catalog, slug, progress.module.get(slug));
    return (opensAt) => {
      const from = doneSince(opensAt);
      return from === undefined ? [] : [{ from }];
    };
  }
  const spans = spansOfCourse(catalog, slug, progress);
  return (opensAt) => spans.filter(({ from }) => from >= opensAt);
}

/** A course counts by its terms: from when one of them was completed until it ends, where the next one may take over. */
function spansOfCourse(catalog: Catalog, slug: string, progress: Progress): readonly Done[] {
  const entity = { type: "course", slug } as const;
  const state = progress.course.get(slug);
  if (state?.flag && isForGood(catalog, entity, state)) return [{ from: state.flag.completedAt }];
  const { terms } = termsOf(catalog, entity, progress, true);
  return terms.map(({ completedAt: from, end }) => ({ from, until: end?.at }));
}
