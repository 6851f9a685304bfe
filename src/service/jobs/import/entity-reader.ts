import type { EntityRef, EntityType } from "../../../model/entity.ts";
import { Slug } from "../../../model/slug.ts";
import type { Meaning, Statement } from "./mapping.ts";
import type { Refusal } from "./refusal.ts";
import type { Layout } from "./rows.ts";
import { type ReadText, type Scope, sourceReader } from "./source.ts";

/** What a row speaks of; `task` is the one whose score it has. */
export type Target = EntityRef & { task?: string | undefined };

export function targetOf(meaning: Meaning): Target | "skip" {
  if (meaning === "skip") return meaning;
  if ("module" in meaning) return { type: "module", slug: meaning.module, task: meaning.task };
  return "course" in meaning ? { type: "course", slug: meaning.course } : { type: "pathway", slug: meaning.pathway };
}

type Entity = NonNullable<Statement["entity"]>;
type EntityValue = Exclude<Entity, Exclude<Meaning, "skip">>;

const isFixed = (entity: Entity): entity is Exclude<Meaning, "skip"> =>
  "module" in entity || "course" in entity || "pathway" in entity;

/** @throws ImportFault where the file has no such thing */
export function entityReader(entity: Entity, layout: Layout): (scope: Scope) => Target | "skip" | Refusal {
  if (isFixed(entity)) {
    const target = targetOf(entity);
    return () => target;
  }
  return valueReader(entity, sourceReader(entity, layout));
}

function valueReader({ type = "module", values, others = "refuse" }: EntityValue, read: ReadText) {
  const meanings =
    values && new Map(Object.entries(values).map(([value, meaning]) => [value.trim(), targetOf(meaning)]));
  return (scope: Scope): Target | "skip" | Refusal => {
    const value = read(scope);
    if (value === undefined) return { code: "NO_ENTITY", reason: "The row does not say what it is about." };
    const known = meanings?.get(value);
    if (known !== undefined) return known;
    if (meanings === undefined || others === "slug") return slugOf(type, value);
    if (others === "skip") return "skip";
    return {
      code: "UNKNOWN_VALUE",
      reason: `The mapping does not say what ${JSON.stringify(shortened(value))} means.`,
    };
  };
}

function slugOf(type: EntityType, value: string): Target | Refusal {
  if (Slug.safeParse(value).success) return { type, slug: value };
  const reason = `${JSON.stringify(shortened(value))} is no slug of a ${type}, and the mapping does not say what it means.`;
  return { code: "UNKNOWN_VALUE", reason };
}

const MAX_SHOWN = 100;
export const shortened = (text: string): string =>
  text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN).toWellFormed()}…`;
