import { ALWAYS, isWithin, later, momentOf, NEVER, plus } from "./calendar.ts";
import { askedAt, type Condition, type Content, type Entry, type Holder, type Key, type Module } from "./content.ts";
import { type Sent, waiversIn } from "./live.ts";
import { didIn, meets, subjectOf } from "./module-facts.ts";
import { isMet, leavesOf, missingOf, shortBy, type Tree } from "./tree.ts";

export type Source = "inferred" | "explicit" | "waived" | "imported";
export type Done = { at: string; source: Source };
export type Ending = "expired" | "reset" | "renewed" | null;
/** A completed term; `opens` is where its window begins, and from `ends` on it counts no more. */
export type Term = Done & { opens: string; expiresAt: string; endedBy: Ending; ends: string };
/** What the terms of a holder come to: `open` is where the window of the term to come begins. */
export type Terms = { terms: Term[]; open: string };

export type Progress = { completed: number; total: number; needed: number; short_by: number };
export type Measured = { progress: Progress; missing: string[] };

const FIVE_MINUTES = 5 * 60_000;
const aMomentAfter = (moment: string) => new Date(Date.parse(moment) + 1).toISOString();

/** One learner at one moment: everything is worked out from the events that count, each time from the beginning. */
export class Learner {
  readonly #content: Content;
  readonly #events: readonly Sent[];
  readonly #claims: readonly Sent[];
  readonly #now: string;
  readonly #terms = new Map<Key, Terms>();
  readonly #done = new Map<string, Done | undefined>();

  /** @param claims those that were accepted, in the order in which they were */
  constructor(content: Content, events: readonly Sent[], claims: readonly Sent[], now: string) {
    this.#content = content;
    this.#events = events;
    this.#claims = claims;
    this.#now = now;
  }

  /** Every moment at which anything can change. */
  #moments(): string[] {
    const { holders, modules } = this.#content;
    const moments = [
      ...this.#events.flatMap((event) => [event.at, momentOfWaiver(event)]),
      ...[...modules.values()].map(({ from }) => from),
      ...[...holders.values()].flatMap(({ entries }) => entries.flatMap(({ from, until }) => [from, until])),
    ];
    return [...new Set(moments)].filter((moment) => moment <= this.#now).sort();
  }

  #waivers(key: Key): Done[] {
    const [kind = ""] = key.split("/");
    const decisions = this.#events.filter(
      (event) => event.name === `${kind}_waived` && subjectOf(this.#content, event, kind as "module") === key,
    );
    return waiversIn(decisions).map((waiver) => ({
      at: momentOfWaiver(waiver),
      source: waiver.field("as") === "imported" ? "imported" : "waived",
    }));
  }

  /** A claim gives its time where it is near enough to what the facts say. */
  #withClaim(key: Key, done: Done): Done {
    const [kind = ""] = key.split("/");
    const [first] = this.#claims.filter(
      (claim) => claim.name === `${kind}_completed` && subjectOf(this.#content, claim, kind as "module") === key,
    );
    if (first === undefined) return done;
    const claimed = first.field("completed_at");
    const at = typeof claimed === "string" ? momentOf(claimed) : first.at;
    const isNear = Math.abs(Date.parse(at) - Date.parse(done.at)) <= FIVE_MINUTES;
    return isNear ? { at, source: "explicit" } : done;
  }

  /** When what was done since a moment completed a module, if it did. */
  moduleDone(key: Key, since: string = ALWAYS): Done | undefined {
    const question = `${key} ${since}`;
    if (!this.#done.has(question)) this.#done.set(question, this.#firstDone(key, since));
    return this.#done.get(question);
  }

  #firstDone(key: Key, since: string): Done | undefined {
    const module = this.#content.modules.get(key);
    if (module === undefined) return undefined;
    const times = [...this.#moments(), since].filter((moment) => moment >= since).sort();
    const at = times.find((moment) => this.#isModuleDone(module, since, moment));
    const all: Done[] = [
      ...(at === undefined ? [] : [{ at, source: "inferred" as const }]),
      ...this.#waivers(key).filter((waiver) => waiver.at >= since),
    ];
    const [first] = all.sort((a, b) => (a.at < b.at ? -1 : 1));
    return first && since === ALWAYS ? this.#withClaim(key, first) : first;
  }

  #isModuleDone(module: Module, since: string, moment: string): boolean {
    const done = didIn(this.#content, module, this.#events).filter(({ at }) => isWithin(at, since, moment));
    if (module.isGated && module.from <= moment) return isMet(module.tree, (one) => meets(module, one, done));
    return done.some(({ what, isEarly }) => what === "mark" && (isEarly || !module.isGated));
  }

  /** What a module asks for at the moment of asking. */
  moduleMeasure(key: Key): Measured {
    const module = this.#content.modules.get(key) as Module;
    const done = didIn(this.#content, module, this.#events);
    if (!module.isGated || module.from > this.#now) {
      const isDone = done.some(({ what, isEarly }) => what === "mark" && (isEarly || !module.isGated));
      return measured({ leaf: { type: "mark", slug: key.slice("module/".length) } as Condition }, () => isDone);
    }
    return measured(module.tree, (one) => meets(module, one, done));
  }

  #isEntryDone({ type, key }: Entry, since: string, moment: string): boolean {
    if (type === "module") return (this.moduleDone(key, since)?.at ?? NEVER) <= moment;
    return this.termsOf(key).terms.some(({ at, ends }) => isWithin(at, since, moment) && moment < ends);
  }

  #isSatisfied(holder: Holder, since: string, moment: string): Source | undefined {
    if (isMet(askedAt(holder, moment), (entry) => this.#isEntryDone(entry, since, moment))) return "inferred";
    return this.#waivers(holder.key).find(({ at }) => isWithin(at, since, moment))?.source;
  }

  /** All terms of a holder, oldest first. */
  termsOf(key: Key): Terms {
    const known = this.#terms.get(key);
    if (known) return known;
    const holder = this.#content.holders.get(key) as Holder;
    const [kind = ""] = key.split("/");
    const resets = this.#events.filter(
      (event) => event.name === `${kind}_reset` && subjectOf(this.#content, event, kind as "module") === key,
    );
    const cuts = [...new Set(resets.map(({ at }) => at))].filter((at) => at <= this.#now).sort();
    let found: Terms = { terms: [], open: ALWAYS };
    for (const [index, start] of [ALWAYS, ...cuts].entries()) {
      const inSpan = this.#termsInSpan(holder, start, cuts[index] ?? NEVER);
      found = { terms: [...found.terms, ...inSpan.terms], open: inSpan.open };
    }
    this.#terms.set(key, found);
    return found;
  }

  #termsInSpan(holder: Holder, start: string, cut: string): Terms {
    const { valid_for: validFor, renew_from: renewFrom } = holder.json;
    const terms: Term[] = [];
    let opens = start;
    for (;;) {
      const done = this.#firstSatisfied(holder, opens, cut);
      if (done === undefined) break;
      const expiresAt = validFor === undefined ? NEVER : plus(done.at, validFor);
      terms.push({ ...done, opens, expiresAt, endedBy: null, ends: expiresAt });
      if (validFor === undefined) break;
      opens = renewFrom === undefined ? expiresAt : later(plus(expiresAt, renewFrom, -1), aMomentAfter(done.at));
    }
    return { terms: terms.map((term, index) => this.#ended(term, terms[index + 1], cut)), open: opens };
  }

  #firstSatisfied(holder: Holder, opens: string, cut: string): Done | undefined {
    const ofCourses = holder.entries
      .filter(({ type }) => type === "course")
      .flatMap(({ key }) => this.termsOf(key).terms.flatMap(({ at, ends }) => [at, ends]));
    const times = [...this.#moments(), ...ofCourses, opens].filter(
      (moment) => moment >= opens && moment < cut && moment <= this.#now,
    );
    for (const at of times.sort()) {
      const source = this.#isSatisfied(holder, opens, at);
      if (source !== undefined) return this.#withClaim(holder.key, { at, source });
    }
    return undefined;
  }

  #ended(term: Term, next: Term | undefined, cut: string): Term {
    if (next && next.at < term.expiresAt) return { ...term, endedBy: "renewed" };
    if (term.expiresAt <= cut && term.expiresAt <= this.#now) return { ...term, endedBy: "expired" };
    return cut === NEVER ? term : { ...term, endedBy: "reset", ends: cut };
  }

  /** What a holder asks for now of what was done since a moment. */
  holderMeasure(key: Key, since: string): Measured {
    const holder = this.#content.holders.get(key) as Holder;
    return measured(askedAt(holder, this.#now), (entry) => this.#isEntryDone(entry, since, this.#now));
  }

  /** The moment at which the span begins in which the learner is now. */
  spanStart(key: Key): string {
    const [kind = ""] = key.split("/");
    return this.#events
      .filter((event) => event.name === `${kind}_reset` && subjectOf(this.#content, event, kind as "module") === key)
      .reduce((last, { at }) => (at <= this.#now ? later(last, at) : last), ALWAYS);
  }

  /** How many attempts a learner has left at a task that has a limit. */
  attemptsLeft(key: Key, task: string, limit: number): number {
    const about = this.#events.filter(
      (event) =>
        event.field("task_slug") === task &&
        event.field("module_slug") !== undefined &&
        subjectOf(this.#content, event, "module") === key,
    );
    const granted = about.filter(({ name }) => name === "attempts_granted");
    const used = about.filter(({ name }) => name === "task_submitted");
    return granted.reduce((sum, grant) => sum + Number(grant.field("count")), limit) - used.length;
  }
}

const momentOfWaiver = (waiver: Sent): string => {
  const completedAt = waiver.name.endsWith("_waived") ? waiver.field("completed_at") : undefined;
  return typeof completedAt === "string" ? momentOf(completedAt) : waiver.at;
};

function measured<Leaf extends { type: string; slug: string }>(
  tree: Tree<Leaf>,
  isDone: (leaf: Leaf) => boolean,
): Measured {
  const leaves = leavesOf(tree);
  const progress = {
    completed: leaves.filter(isDone).length,
    total: leaves.length,
    needed: shortBy(tree, () => false),
    short_by: shortBy(tree, isDone),
  };
  return {
    progress,
    missing: missingOf(tree, isDone).map(({ type, slug }) => `${type === "mark" ? "module" : type}/${slug}`),
  };
}
