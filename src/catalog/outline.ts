import type { EntityRef, EntityType } from "../model/entity.ts";
import { conditionsIn, type OutlinedCondition } from "./conditions.ts";

/** An entry, as far as it can be read, and its place in the file. */
export type OutlinedEntry = {
  type: "module" | "course";
  slug: string;
  optional: boolean | undefined;
  list: EntryList;
  index: number;
};
type EntryList = "modules" | "courses" | "entries";

/** An entry's place in its file: `modules.3`. It is made when it is told, because there are very many entries. */
export const pathOf = ({ list, index }: Pick<OutlinedEntry, "list" | "index">): string => `${list}.${index}`;

/** What one content file says of others, as far as it can be read at all: its own form is checked elsewhere. */
export type Outline = {
  file: string;
  kind: EntityType;
  slug: string | undefined;
  /** Of a holder: whether it has a list of entries at all. */
  isReadable: boolean;
  entries: OutlinedEntry[];
  /** The list in which its entries stand. */
  list: EntryList;
  /** What a module's rule can name. */
  conditions: readonly OutlinedCondition[];
  prerequisites: string[];
  aliases: string[];
  optional: boolean;
  sequential: boolean;
  /** Whether its completions end. */
  expires: boolean;
  completion: unknown;
};

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => listOf(value).map(textOf);
/** What is no text names nothing, but keeps its place. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** @param source a content file's JSON object */
export function outlineOf(file: string, kind: EntityType, slug: unknown, source: object): Outline {
  const { prerequisites, aliases, optional, sequential, completion, valid_for, modules, courses, entries } =
    source as Loose;
  const isHolder = kind !== "module";
  return {
    file,
    kind,
    slug: typeof slug === "string" ? slug : undefined,
    isReadable: [modules, courses, entries].some(Array.isArray),
    entries: isHolder ? entriesOf(kind, source as Loose) : [],
    list: listNameOf(kind, entries),
    conditions: isHolder ? [] : conditionsIn(source),
    prerequisites: isHolder ? [] : texts(prerequisites),
    aliases: texts(aliases),
    optional: optional === true,
    sequential: sequential === true,
    expires: isHolder && valid_for !== undefined && valid_for !== null,
    completion,
  };
}

function listNameOf(kind: EntityType, entries: unknown): EntryList {
  if (Array.isArray(entries)) return "entries";
  return kind === "pathway" ? "courses" : "modules";
}

function entriesOf(kind: EntityType, { modules, courses, entries }: Loose): OutlinedEntry[] {
  const listed = (type: OutlinedEntry["type"], list: EntryList, given: unknown) =>
    listOf(given).map((entry, index) => outlined(type, isObject(entry) ? entry.slug : entry, entry, { list, index }));
  const mixed = listOf(entries).map((entry, index) => {
    const { module, course } = isObject(entry) ? entry : ({} as Loose);
    const place = { list: "entries", index } as const;
    return course === undefined ? outlined("module", module, entry, place) : outlined("course", course, entry, place);
  });
  return [
    ...(kind === "pathway" ? listed("course", "courses", courses) : []),
    ...listed("module", "modules", modules),
    ...mixed,
  ];
}

function outlined(
  type: OutlinedEntry["type"],
  slug: unknown,
  entry: unknown,
  { list, index }: Pick<OutlinedEntry, "list" | "index">,
): OutlinedEntry {
  const optional = isObject(entry) ? entry.optional : undefined;
  return { type, slug: textOf(slug), optional: typeof optional === "boolean" ? optional : undefined, list, index };
}

/** The entity that a file defines, where it can be read. */
export const entityOf = ({ kind, slug }: Outline): EntityRef | undefined =>
  slug === undefined ? undefined : { type: kind, slug };
