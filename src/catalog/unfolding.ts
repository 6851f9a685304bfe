import { type EntityRef, entityKey } from "../model/entity.ts";
import { partsByName, requirementOf } from "./build-requirement.ts";
import { DEFAULT_SPEC } from "./completion-spec.ts";
import { entityOf, type Outline, type OutlinedEntry } from "./outline.ts";
import { isGroup, type Requirement } from "./requirement.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { resolvedIn, withOptional } from "./settle-spec.ts";

/** What something waits for that is not complete when all that is open has been completed, and the file that says so: by the order of its entries, or not. */
export type Wait = { for: EntityRef; outline: Outline; isOrder: boolean };

export type Holder = {
  ref: EntityRef;
  outline: Outline;
  entries: readonly (OutlinedEntry & { optional: boolean })[];
  requirement: Requirement<OutlinedEntry>;
  isOpen: boolean;
  /** Of a sequential holder: the first entries, up to this one, are open. */
  opened: number;
  /** Up to here, those are open too that a learner may choose beside that one. */
  beside: number;
  /** The group that asks for an entry, by its key. */
  asking: Map<string, Goal>;
};

/** A group of a holder's requirement while it is being met; `choice` is the outermost group around it that leaves one. */
type Goal = { holder: Holder; need: number; done: number; parent: Goal | undefined; choice: Goal | undefined };

const isMet = (goal: Goal | undefined): boolean => goal !== undefined && (goal.done >= goal.need || isMet(goal.parent));

/**
 * Completes everything that is open, over and over, until nothing more opens. Each entry, prerequisite and group is
 * looked at once when it opens and once when it is complete, so the time grows with the size of the catalog and no faster.
 */
export class Unfolding {
  readonly #holders = new Map<string, Holder>();
  readonly #holdersOf = new Map<string, Holder[]>();
  readonly #prerequisitesOf = new Map<string, Outline>();
  readonly #dependents = new Map<string, EntityRef[]>();
  /** Whatever is named as an entry or a prerequisite. */
  readonly #named = new Map<string, EntityRef>();
  readonly #waiting = new Map<string, number>();
  readonly #goals = new Map<string, Goal[]>();
  readonly #hasWay = new Set<string>();
  readonly #complete = new Set<string>();
  readonly #modules = new Map<string, EntityRef>();
  readonly #queue: EntityRef[] = [];

  constructor(outlines: readonly Outline[], rules: readonly RuleSpec[]) {
    const optional = new Set(outlines.filter((one) => one.kind === "module" && one.optional).map(({ slug }) => slug));
    for (const outline of outlines) {
      const ref = entityOf(outline);
      if (ref === undefined || this.#holders.has(entityKey(ref)) || this.#prerequisitesOf.has(entityKey(ref))) continue;
      if (ref.type === "module") this.#addModule(ref, outline);
      // What cannot be read has a fault of its own, and holds nothing else up.
      else if (outline.isReadable) this.#addHolder(ref, outline, optional, rules);
    }
    this.#completeAll();
  }

  #addModule(ref: EntityRef, outline: Outline): void {
    const key = entityKey(ref);
    this.#modules.set(key, ref);
    this.#prerequisitesOf.set(key, outline);
    const named = [...new Set(outline.prerequisites.filter((slug) => slug !== ""))];
    this.#waiting.set(key, named.length);
    for (const slug of named) push(this.#dependents, this.#name({ type: "module", slug }), ref);
  }

  #addHolder(
    ref: EntityRef,
    outline: Outline,
    optional: ReadonlySet<string | undefined>,
    rules: readonly RuleSpec[],
  ): void {
    const spec = resolvedIn(outline, rules)?.spec ?? DEFAULT_SPEC;
    const entries = withOptional(outline.entries, spec, optional);
    const requirement = requirementOf(
      spec,
      rules,
      partsByName(entries, (entry) => entry as OutlinedEntry),
    );
    const holder: Holder = {
      ref,
      outline,
      entries,
      requirement,
      isOpen: false,
      opened: 0,
      beside: 0,
      asking: new Map(),
    };
    this.#holders.set(entityKey(ref), holder);
    for (const { type, slug } of entries) {
      push(this.#holdersOf, this.#name({ type, slug }), holder);
      if (type === "module") this.#modules.set(entityKey({ type, slug }), { type, slug });
    }
    this.#addGoal({ holder, need: requirement.need, done: 0, parent: undefined, choice: undefined }, requirement);
  }

  #addGoal(goal: Goal, { of }: Requirement<OutlinedEntry>): void {
    for (const part of of) {
      if (isGroup(part)) {
        const group: Goal = { holder: goal.holder, need: part.need, done: 0, parent: goal, choice: goal.choice };
        if (part.need < part.of.length) group.choice ??= group;
        this.#addGoal(group, part);
      } else {
        push(this.#goals, entityKey(part), goal);
        goal.holder.asking.set(entityKey(part), goal);
      }
    }
  }

  #name(ref: EntityRef): string {
    const key = entityKey(ref);
    this.#named.set(key, ref);
    return key;
  }

  #completeAll(): void {
    // What is named and not there has a fault of its own, and holds nothing else up.
    for (const [key, ref] of this.#named) if (!this.#modules.has(key) && !this.#holders.has(key)) this.#finish(ref);
    for (const ref of this.#modules.values()) if (!this.#holdersOf.has(entityKey(ref))) this.#openWay(ref);
    for (const holder of this.#holders.values())
      if (holder.ref.type === "pathway" || !this.#holdersOf.has(entityKey(holder.ref))) this.#openHolder(holder);
    for (let ref = this.#queue.pop(); ref; ref = this.#queue.pop()) this.#tellOf(ref);
  }

  /** A module needs one way through a holder, and all its prerequisites; a course needs the way alone. */
  #openWay(ref: EntityRef): void {
    const key = entityKey(ref);
    if (this.#hasWay.has(key)) return;
    this.#hasWay.add(key);
    const holder = this.#holders.get(key);
    if (holder) this.#openHolder(holder);
    else if ((this.#waiting.get(key) ?? 0) === 0) this.#finish(ref);
  }

  #openHolder(holder: Holder): void {
    holder.isOpen = true;
    this.#advance(holder);
  }

  #advance(holder: Holder): void {
    const { entries, outline, asking } = holder;
    if (!holder.isOpen) return;
    for (; holder.opened < entries.length; holder.opened++) {
      const entry = entries[holder.opened] as (typeof entries)[number];
      this.#openWay({ type: entry.type, slug: entry.slug });
      if (outline.sequential && this.#blocks(holder, entry)) break;
    }
    const stoppedAt = entries[holder.opened];
    const choice = stoppedAt && asking.get(entityKey(stoppedAt))?.choice;
    if (choice === undefined) return;
    // What a learner may choose instead of the entry before which the order stops is as open as that. Where the order
    // stops the next time is behind all of these, so that each entry is looked at once.
    holder.beside = Math.max(holder.beside, holder.opened + 1);
    for (; holder.beside < entries.length; holder.beside++) {
      const entry = entries[holder.beside] as (typeof entries)[number];
      if (asking.get(entityKey(entry))?.choice === choice) this.#openWay({ type: entry.type, slug: entry.slug });
      else if (this.#blocks(holder, entry)) return;
    }
  }

  /** Whether an entry locks what comes after it: its holder still asks for it. */
  #blocks({ asking }: Holder, entry: OutlinedEntry & { optional: boolean }): boolean {
    const key = entityKey(entry);
    return !entry.optional && !this.#complete.has(key) && !isMet(asking.get(key));
  }

  #finish(ref: EntityRef): void {
    const key = entityKey(ref);
    if (this.#complete.has(key)) return;
    this.#complete.add(key);
    this.#queue.push(ref);
  }

  #tellOf(ref: EntityRef): void {
    const key = entityKey(ref);
    for (const dependent of this.#dependents.get(key) ?? []) {
      const left = (this.#waiting.get(entityKey(dependent)) ?? 0) - 1;
      this.#waiting.set(entityKey(dependent), left);
      if (left === 0 && this.#hasWay.has(entityKey(dependent))) this.#finish(dependent);
    }
    // What is complete is never locked: modules elsewhere may complete a course before the way to it is open.
    if (this.#holders.has(key)) this.#openWay(ref);
    for (const goal of this.#goals.get(key) ?? []) this.#score(goal);
    for (const holder of this.#holdersOf.get(key) ?? []) this.#advance(holder);
  }

  #score(goal: Goal): void {
    goal.done++;
    if (goal.done !== goal.need) return;
    if (goal.parent) this.#score(goal.parent);
    else this.#finish(goal.holder.ref);
  }

  /** What is not complete when all that is open has been completed. */
  stuck(): EntityRef[] {
    const all = [...this.#modules.values(), ...[...this.#holders.values()].map(({ ref }) => ref)];
    return all.filter((ref) => !this.#complete.has(entityKey(ref)));
  }

  /** The first thing that something waits for; none where it requires nothing. */
  waitOf(ref: EntityRef): Wait | undefined {
    const key = entityKey(ref);
    const holder = this.#holders.get(key);
    if (holder) {
      const leaf = this.#undone(holder.requirement);
      return leaf && { for: { type: leaf.type, slug: leaf.slug }, outline: holder.outline, isOrder: false };
    }
    const outline = this.#prerequisitesOf.get(key);
    const slug = outline?.prerequisites.find((name) => !this.#complete.has(entityKey({ type: "module", slug: name })));
    if (outline && slug !== undefined) return { for: { type: "module", slug }, outline, isOrder: false };
    return this.#waitOnWay(ref);
  }

  /** What closes the first way to an entry: the entry before which its holder stopped, or what closes the holder. */
  #waitOnWay(ref: EntityRef): Wait | undefined {
    const [holder] = this.#holdersOf.get(entityKey(ref)) ?? [];
    if (holder === undefined) return undefined;
    if (!holder.isOpen) return this.#waitOnWay(holder.ref);
    const choiceOf = (entry: EntityRef | undefined) => entry && holder.asking.get(entityKey(entry))?.choice;
    const first = holder.entries[holder.opened];
    const isBeside = choiceOf(first) !== undefined && choiceOf(first) === choiceOf(ref);
    const at = isBeside ? holder.entries[holder.beside] : first;
    return at && { for: { type: at.type, slug: at.slug }, outline: holder.outline, isOrder: true };
  }

  #isMet({ need, of }: Requirement<OutlinedEntry>): boolean {
    const isDone = (part: OutlinedEntry | Requirement<OutlinedEntry>) =>
      isGroup(part) ? this.#isMet(part) : this.#complete.has(entityKey(part));
    return of.filter(isDone).length >= need;
  }

  /** The first entry that a requirement still asks for. */
  #undone(requirement: Requirement<OutlinedEntry>): OutlinedEntry | undefined {
    if (this.#isMet(requirement)) return undefined;
    for (const part of requirement.of) {
      const leaf = isGroup(part) ? this.#undone(part) : part;
      if (leaf && !this.#complete.has(entityKey(leaf))) return leaf;
    }
    return undefined;
  }

  /** Holders as their files outline them. */
  get holders(): readonly Holder[] {
    return [...this.#holders.values()];
  }
}

function push<Key, T>(map: Map<Key, T[]>, key: Key, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
