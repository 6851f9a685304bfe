import type { Catalog, Definition } from "../catalog/catalog.ts";
import { type EntityRef, entityKey } from "../model/entity.ts";
import type { Progress } from "../model/progress.ts";
import { completedAtOf } from "./calculate.ts";
import { hasBegun, isUnderWay } from "./has-begun.ts";
import { type Order, orderOf } from "./order.ts";

/** What must be complete before a module or course is open; `enforced` when events for it are refused till then. */
export type Lock = { by: EntityRef[]; enforced: boolean };

/** What is locked for one learner. */
export type Locks = {
  isLocked: (entity: EntityRef) => boolean;
  /** What locks a module or course, if anything. */
  of: (entity: EntityRef) => Lock | undefined;
};

/** What locks a module or course for a learner, if anything; who asks about many makes `Locks` once. */
export const lockOf = (catalog: Catalog, progress: Progress, entity: EntityRef): Lock | undefined =>
  locksFor(catalog, progress).of(entity);

/**
 * What locks modules and courses for a learner: a module's prerequisites, and the entries before it that a sequential
 * course or pathway still asks for. What several courses hold is open as soon as one of them leaves it open. An order is
 * worked out once, because a course of thousands asks for each of its entries.
 */
export function locksFor(catalog: Catalog, progress: Progress): Locks {
  const orders = new Map<Definition, Order>();
  const outerLocks = new Map<Definition, Lock | undefined>();
  const orderIn = (holder: Definition): Order => {
    const order = orders.get(holder) ?? orderOf(catalog, holder, progress);
    orders.set(holder, order);
    return order;
  };
  const outerOf = (holder: Definition): Lock | undefined => {
    if (holder.type !== "course") return undefined;
    if (!outerLocks.has(holder)) outerLocks.set(holder, of(holder));
    return outerLocks.get(holder);
  };

  /** Whether the way to an entry through a holder is closed: by the holder's own lock, or by its order. */
  const isClosed = (holder: Definition, entry: EntityRef): boolean =>
    outerOf(holder) !== undefined || (holder.sequential && orderIn(holder).locks(entry));
  /** What closes the way to an entry through a holder. */
  const wayLock = (holder: Definition, entry: EntityRef): Lock => {
    const outer = outerOf(holder);
    const by = holder.sequential ? orderIn(holder).missingBefore(entry) : [];
    const isEnforced = by.length > 0 && holder.enforceOrder;
    return { by: [...by, ...(outer?.by ?? [])], enforced: isEnforced || (outer?.enforced ?? false) };
  };
  /** The holders whose order or lock stands in the way: none where one of them leaves a way open. */
  const closedWays = (entity: EntityRef): readonly Definition[] => {
    const holders = catalog.holdersOf(entity);
    return holders.every((holder) => isClosed(holder, entity)) ? holders : [];
  };
  const mayBeLocked = (entity: EntityRef): boolean => catalog.hasOrder && !isNeverLocked(catalog, progress, entity);

  function of(entity: EntityRef): Lock | undefined {
    if (!mayBeLocked(entity)) return undefined;
    const own = ownLock(catalog, progress, entity);
    const closed = closedWays(entity).map((holder) => wayLock(holder, entity));
    const locks = own ? [own, ...closed] : closed;
    if (locks.length === 0) return undefined;
    const by = new Map(locks.flatMap((lock) => lock.by.map((ref) => [entityKey(ref), ref])));
    // What one of several courses does not enforce, is not enforced.
    const enforced = (own?.enforced ?? false) || (closed.length > 0 && closed.every((lock) => lock.enforced));
    return { by: [...by.values()], enforced };
  }

  return {
    isLocked: (entity) =>
      mayBeLocked(entity) && (ownLock(catalog, progress, entity) !== undefined || closedWays(entity).length > 0),
    of,
  };
}

/**
 * What is complete, and what was begun, stays open, whatever is put before it later. A page may name any course beside a
 * module that it starts, so a course counts as begun only where one of its own modules was begun, too.
 */
function isNeverLocked(catalog: Catalog, progress: Progress, entity: EntityRef): boolean {
  const facts = progress[entity.type].get(entity.slug)?.facts ?? {};
  const isBegun =
    entity.type === "module" ? hasBegun(facts) : facts.startedAt !== undefined && isUnderWay(catalog, entity, progress);
  return isBegun || completedAtOf(catalog, entity, progress) !== undefined;
}

function ownLock(catalog: Catalog, progress: Progress, { type, slug }: EntityRef): Lock | undefined {
  const definition = type === "module" ? catalog.module.get(slug) : undefined;
  if (definition === undefined) return undefined;
  const by = incomplete(
    catalog,
    progress,
    definition.prerequisites.map((name) => ({ type: "module", slug: name })),
  );
  return by.length === 0 ? undefined : { by, enforced: definition.enforceOrder };
}

const incomplete = (catalog: Catalog, progress: Progress, entities: readonly EntityRef[]): EntityRef[] =>
  entities
    .filter((entity) => completedAtOf(catalog, entity, progress) === undefined)
    .map(({ type, slug }) => ({ type, slug }));

/**
 * The modules and courses that are open because a module is complete: those that would be locked without it.
 * @param completed what the completion completed too, besides the module
 */
export function unlockedBy(
  catalog: Catalog,
  progress: Progress,
  moduleSlug: string,
  completed: readonly EntityRef[],
): EntityRef[] {
  if (!catalog.hasOrder) return [];
  const without: Progress = {
    ...progress,
    module: new Map(progress.module),
    course: new Map(progress.course),
  };
  without.module.delete(moduleSlug);
  for (const { type, slug } of completed) {
    const { flag: _, ...state } = progress[type].get(slug) ?? { facts: {} };
    if (type === "course") without.course.set(slug, state);
  }
  const [before, after] = [locksFor(catalog, without), locksFor(catalog, progress)];
  return candidatesOf(catalog, moduleSlug).filter((entity) => before.isLocked(entity) && !after.isLocked(entity));
}

/** Whatever a module's completion might open: its dependents, and what is in order with it, or with what it completes. */
function candidatesOf(catalog: Catalog, moduleSlug: string): EntityRef[] {
  const module: EntityRef = { type: "module", slug: moduleSlug };
  const candidates = new Map<string, EntityRef>();
  const add = ({ type, slug }: EntityRef) => candidates.set(entityKey({ type, slug }), { type, slug });
  for (const { slug } of catalog.dependentsOf(moduleSlug)) add({ type: "module", slug });
  const neighbours = (entity: EntityRef): EntityRef[] =>
    catalog
      .holdersOf(entity)
      // Not only what comes after it: who has enough of a choice is not held up by the rest of it.
      .flatMap(({ sequential, entries }) => (sequential ? entries : []))
      .filter(({ type, slug }) => type !== entity.type || slug !== entity.slug);
  for (const neighbour of [module, ...catalog.holdersOf(module)].flatMap(neighbours)) {
    add(neighbour);
    // A course that opens opens its modules.
    if (neighbour.type === "course") catalog.course.get(neighbour.slug)?.entries.forEach(add);
  }
  return [...candidates.values()];
}

/** Whether events for a module or course can ever be refused because it is locked: only then must a lock be looked for. */
export function mayBeRefused(catalog: Catalog, entity: EntityRef): boolean {
  if (!catalog.hasOrder) return false;
  const module = entity.type === "module" ? catalog.module.get(entity.slug) : undefined;
  if (module?.enforceOrder && module.prerequisites.length > 0) return true;
  return catalog
    .holdersOf(entity)
    .some(
      (holder) =>
        (holder.sequential && holder.enforceOrder) || (holder.type === "course" && mayBeRefused(catalog, holder)),
    );
}
