import type { LearnerHolder as Holder, LearnerModule as Module, Result, Waymark } from "../types.ts";

export const TYPES = ["course", "pathway", "module"] as const;
export type Type = (typeof TYPES)[number];
/** What the elements show: a course, a pathway or a module; undefined until it has been read, null while it cannot be. */
export type Value = (Either & { slug: string }) | null | undefined;
type Either = { [Name in keyof Holder | keyof Module]?: Of<Holder, Name> | Of<Module, Name> | undefined };
type Of<Answer, Name> = Name extends keyof Answer ? Answer[Name] : never;

/** As much of a client as the elements need. */
export type Readable = Pick<Waymark, Type | "subscribe">;

type Show = (value: Exclude<Value, undefined>) => void;
type Entity = { type: Type; slug: string; value: Value; turn: number; watchers: Set<Show> };

/** Shows what is known of an entity, now and whenever that changes. @returns a function that ends it */
export type Watch = (type: Type, slug: string, show: Show) => () => void;

/** Each entity is read once for all elements that show it, and again when an answer touches it. */
export function createReads(waymark: Readable): Watch {
  const entities = new Map<string, Entity>();

  const read = async (entity: Entity) => {
    const turn = ++entity.turn;
    const value = await waymark[entity.type](entity.slug).catch(() => null);
    // Of two reads that overtake each other, the later one counts; what was known is better than nothing.
    if (turn !== entity.turn) return;
    entity.value = value ?? entity.value ?? null;
    for (const show of entity.watchers) show(entity.value);
  };
  /** What happens together is read once. */
  const waiting = new Set<Entity>();
  const readSoon = (entity: Entity) => {
    if (waiting.size === 0)
      setTimeout(() => {
        for (const each of waiting) void read(each);
        waiting.clear();
      });
    waiting.add(entity);
  };
  const readAll = () => {
    for (const entity of entities.values()) readSoon(entity);
  };

  waymark.subscribe((result: Result) => {
    if (result.status !== "accepted") return;
    const { courses, pathways, module, unlocked } = result;
    const touched = [...courses, ...pathways, ...unlocked, module];
    // An alias stands in the attribute, and the entity's own slug in what was read. What could not be read is tried again.
    for (const entity of entities.values())
      if (entity.value === null || touched.some((each) => each?.slug === (entity.value ?? entity).slug))
        readSoon(entity);
  });
  // A page that comes back from the browser's cache shows what was true when it was left.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) readAll();
  });
  addEventListener("online", readAll);

  return (type, slug, show) => {
    const key = `${type}/${slug}`;
    const entity = entities.get(key) ?? { type, slug, value: undefined, turn: 0, watchers: new Set() };
    if (entity.watchers.add(show).size === 1) {
      entities.set(key, entity);
      readSoon(entity);
    }
    if (entity.value !== undefined) show(entity.value);
    return () => {
      if (entity.watchers.delete(show) && entity.watchers.size === 0) entities.delete(key);
    };
  };
}
