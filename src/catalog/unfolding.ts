import type { EntityRef, EntityType } from "../model/entity.ts";
import { partsByName, requirementOf } from "./build-requirement.ts";
import { DEFAULT_SPEC } from "./completion-spec.ts";
import { entityOf, type Outline, type OutlinedEntry } from "./outline.ts";
import { isGroup, type Requirement } from "./requirement.ts";
import type { RuleSpec } from "./rule-spec.ts";
import { optionalBy, resolvedIn } from "./settle-spec.ts";

/** What something waits for that is not complete when all that is open has been completed, and the file that says so: by the order of its entries, or not. */
export type Wait = { for: EntityRef; outline: Outline; isOrder: boolean };

/** An entity as it is found: what names it, what waits for it, and how far it has come. */
type Node = EntityRef & {
  holder: Holder | undefined;
  /** Of a module with a file: it, and how many of its prerequisites are missing yet. */
  outline: Outline | undefined;
  waiting: number;
  /** Whether it is a module: one that has a file, or that a holder lists. */
  isModule: boolean;
  hasWay: boolean;
  isComplete: boolean;
  dependents: Node[] | undefined;
  holders: Holder[] | undefined;
  goals: Goal[] | undefined;
};

/** An entry with what it names, and the group of its holder that asks for it. */
type Listed = Pick<OutlinedEntry, "type" | "slug"> & { optional: boolean; node: Node; asking: Goal | undefined };

export type Holder = {
  ref: EntityRef;
  outline: Outline;
  entries: readonly Listed[];
  requirement: Requirement<Listed>;
  isOpen: boolean;
  /** Of a sequential holder: the first entries, up to this one, are open. */
  opened: number;
  /** Up to here, those are open too that a learner may choose beside that one. */
  beside: number;
};

/** A group of a holder's requirement while it is being met; `choice` is the outermost group around it that leaves one. */
type Goal = { holder: Node; need: number; done: number; parent: Goal | undefined; choice: Goal | undefined };

const isMet = (goal: Goal | undefined): boolean => goal !== undefined && (goal.done >= goal.need || isMet(goal.parent));

/**
 * Completes everything that is open, over and over, until nothing more opens. Each entry, prerequisite and group is
 * looked at once when it opens and once when it is complete, so the time grows with the size of the catalog and no faster.
 */
export class Unfolding {
  /** By slug. An entity is looked up once for each place that names it, because there are very many. */
  readonly #nodes: Record<EntityType, Map<string, Node>> = { module: new Map(), course: new Map(), pathway: new Map() };
  readonly #queue: Node[] = [];

  constructor(outlines: readonly Outline[], rules: readonly RuleSpec[]) {
    const optional = new Set(outlines.filter((one) => one.kind === "module" && one.optional).map(({ slug }) => slug));
    for (const outline of outlines) {
      const ref = entityOf(outline);
      if (ref === undefined) continue;
      const node = this.#nodes[ref.type].get(ref.slug);
      if (node?.holder || node?.outline) continue;
      if (ref.type === "module") this.#addModule(this.#nodeOf(ref), outline);
      // What cannot be read has a fault of its own, and holds nothing else up.
      else if (outline.isReadable) this.#addHolder(this.#nodeOf(ref), outline, optional, rules);
    }
    this.#completeAll();
  }

  #nodeOf({ type, slug }: EntityRef): Node {
    const known = this.#nodes[type].get(slug);
    if (known) return known;
    const node: Node = {
      type,
      slug,
      holder: undefined,
      outline: undefined,
      waiting: 0,
      isModule: false,
      hasWay: false,
      isComplete: false,
      dependents: undefined,
      holders: undefined,
      goals: undefined,
    };
    this.#nodes[type].set(slug, node);
    return node;
  }

  #all(): Node[] {
    const { module, course, pathway } = this.#nodes;
    return [...module.values(), ...course.values(), ...pathway.values()];
  }

  #addModule(node: Node, outline: Outline): void {
    node.isModule = true;
    node.outline = outline;
    const named = [...new Set(outline.prerequisites.filter((slug) => slug !== ""))];
    node.waiting = named.length;
    for (const slug of named) {
      const prerequisite = this.#nodeOf({ type: "module", slug });
      prerequisite.dependents = added(prerequisite.dependents, node);
    }
  }

  #addHolder(
    node: Node,
    outline: Outline,
    optional: ReadonlySet<string | undefined>,
    rules: readonly RuleSpec[],
  ): void {
    const spec = resolvedIn(outline, rules)?.spec ?? DEFAULT_SPEC;
    const isOptional = optionalBy(spec, optional);
    const entries = outline.entries.map((entry): Listed => {
      const { type, slug } = entry;
      return { type, slug, optional: isOptional(entry), node: this.#nodeOf(entry), asking: undefined };
    });
    const requirement = requirementOf(
      spec,
      rules,
      partsByName(entries, (entry) => entry as Listed),
    );
    const holder: Holder = { ref: node, outline, entries, requirement, isOpen: false, opened: 0, beside: 0 };
    node.holder = holder;
    for (const entry of entries) {
      entry.node.holders = added(entry.node.holders, holder);
      if (entry.type === "module") entry.node.isModule = true;
    }
    this.#addGoal({ holder: node, need: requirement.need, done: 0, parent: undefined, choice: undefined }, requirement);
  }

  #addGoal(goal: Goal, { of }: Requirement<Listed>): void {
    for (const part of of) {
      if (isGroup(part)) {
        const group: Goal = { holder: goal.holder, need: part.need, done: 0, parent: goal, choice: goal.choice };
        if (part.need < part.of.length) group.choice ??= group;
        this.#addGoal(group, part);
      } else {
        part.node.goals = added(part.node.goals, goal);
        part.asking = goal;
      }
    }
  }

  #completeAll(): void {
    const nodes = this.#all();
    // What is named and not there has a fault of its own, and holds nothing else up.
    for (const node of nodes) if (!node.isModule && !node.holder) this.#finish(node);
    for (const node of nodes) if (node.isModule && !node.holders) this.#openWay(node);
    for (const { type, holder, holders } of nodes)
      if (holder && (type === "pathway" || !holders)) this.#openHolder(holder);
    for (let node = this.#queue.pop(); node; node = this.#queue.pop()) this.#tellOf(node);
  }

  /** A module needs one way through a holder, and all its prerequisites; a course needs the way alone. */
  #openWay(node: Node): void {
    if (node.hasWay) return;
    node.hasWay = true;
    if (node.holder) this.#openHolder(node.holder);
    else if (node.waiting === 0) this.#finish(node);
  }

  #openHolder(holder: Holder): void {
    holder.isOpen = true;
    this.#advance(holder);
  }

  #advance(holder: Holder): void {
    const { entries, outline } = holder;
    if (!holder.isOpen) return;
    for (; holder.opened < entries.length; holder.opened++) {
      const entry = entries[holder.opened] as Listed;
      this.#openWay(entry.node);
      if (outline.sequential && blocks(entry)) break;
    }
    const choice = entries[holder.opened]?.asking?.choice;
    if (choice === undefined) return;
    // What a learner may choose instead of the entry before which the order stops is as open as that. Where the order
    // stops the next time is behind all of these, so that each entry is looked at once.
    holder.beside = Math.max(holder.beside, holder.opened + 1);
    for (; holder.beside < entries.length; holder.beside++) {
      const entry = entries[holder.beside] as Listed;
      if (entry.asking?.choice === choice) this.#openWay(entry.node);
      else if (blocks(entry)) return;
    }
  }

  #finish(node: Node): void {
    if (node.isComplete) return;
    node.isComplete = true;
    this.#queue.push(node);
  }

  #tellOf(node: Node): void {
    for (const dependent of node.dependents ?? []) {
      dependent.waiting--;
      if (dependent.waiting === 0 && dependent.hasWay) this.#finish(dependent);
    }
    // What is complete is never locked: modules elsewhere may complete a course before the way to it is open.
    if (node.holder) this.#openWay(node);
    for (const goal of node.goals ?? []) this.#score(goal);
    for (const holder of node.holders ?? []) this.#advance(holder);
  }

  #score(goal: Goal): void {
    goal.done++;
    if (goal.done !== goal.need) return;
    if (goal.parent) this.#score(goal.parent);
    else this.#finish(goal.holder);
  }

  /** What is not complete when all that is open has been completed. */
  stuck(): EntityRef[] {
    const open = this.#all().filter(({ isComplete }) => !isComplete);
    return [...open.filter(({ isModule }) => isModule), ...open.filter(({ holder }) => holder)];
  }

  /** The first thing that something waits for; none where it requires nothing. */
  waitOf(ref: EntityRef): Wait | undefined {
    const { holder, outline } = this.#nodeOf(ref);
    if (holder) {
      const leaf = undone(holder.requirement);
      return leaf && { for: leaf.node, outline: holder.outline, isOrder: false };
    }
    const slug = outline?.prerequisites.find((name) => !this.#nodeOf({ type: "module", slug: name }).isComplete);
    if (outline && slug !== undefined) return { for: { type: "module", slug }, outline, isOrder: false };
    return this.#waitOnWay(this.#nodeOf(ref));
  }

  /** What closes the first way to an entry: the entry before which its holder stopped, or what closes the holder. */
  #waitOnWay(node: Node): Wait | undefined {
    const [holder] = node.holders ?? [];
    if (holder === undefined) return undefined;
    if (!holder.isOpen) return this.#waitOnWay(this.#nodeOf(holder.ref));
    const first = holder.entries[holder.opened];
    const choice = first?.asking?.choice;
    const isBeside = choice && holder.entries.some((entry) => entry.node === node && entry.asking?.choice === choice);
    const at = isBeside ? holder.entries[holder.beside] : first;
    return at && { for: at.node, outline: holder.outline, isOrder: true };
  }

  /** Holders as their files outline them. */
  get holders(): readonly Holder[] {
    return this.#all().flatMap(({ holder }) => holder ?? []);
  }
}

/** Whether an entry locks what comes after it: its holder still asks for it. */
const blocks = ({ optional, node, asking }: Listed): boolean => !optional && !node.isComplete && !isMet(asking);

const isDone = (part: Listed | Requirement<Listed>): boolean =>
  isGroup(part) ? part.of.filter(isDone).length >= part.need : part.node.isComplete;

/** The first entry that a requirement still asks for. */
function undone(requirement: Requirement<Listed>): Listed | undefined {
  if (isDone(requirement)) return undefined;
  for (const part of requirement.of) {
    const leaf = isGroup(part) ? undone(part) : part;
    if (leaf && !leaf.node.isComplete) return leaf;
  }
  return undefined;
}

/** A list with one more. Most things are in one list, so a list is made when it is needed. */
function added<T>(list: T[] | undefined, item: T): T[] {
  if (list === undefined) return [item];
  list.push(item);
  return list;
}
