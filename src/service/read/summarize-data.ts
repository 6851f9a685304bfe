import { jsonBytes, MAX_ANSWER_BYTES } from "./answer-size.ts";
import { type FieldSummary, FieldTally, type Room } from "./field-tally.ts";

export type { FieldSummary } from "./field-tally.ts";

export type SummaryOfData = { count: number; fields: Record<string, FieldSummary>; fields_more?: number };

/** So many fields are told of. */
const MAX_FIELDS = 200;
/** So many are watched, since nobody knows before the end which are the most frequent. */
const MAX_WATCHED = 1_000;
/** So many that are left out are told apart. */
const MAX_LEFT_OUT = 100_000;
/** A longer path is no field, but something that a learner wrote. */
const MAX_PATH = 200;
/** Some 20 MB of texts, and 8 MB of numbers. */
const ROOM: Room = { texts: 100_000, numbers: 1_000_000 };
const MOST_BYTES = MAX_ANSWER_BYTES - 1_024;

/**
 * Gathers completion data, one after the other, in memory that is bounded whatever keys learners write. A field that is
 * in few of many completions may be given up for others on the way; then it is counted anew when it comes again.
 */
export class DataSummary {
  readonly #fields = new Map<string, FieldTally>();
  readonly #known: ReadonlySet<string> | undefined;
  readonly #leftOut = new Set<number>();
  readonly #room: Room = { ...ROOM };
  #count = 0;

  /** @param schema the module's JSON Schema: its fields are told also when nobody sent them, and no others */
  constructor(schema: unknown) {
    const known = fieldsOf(schema);
    this.#known = known && new Set(known);
    for (const path of this.#known ?? []) this.#field(path);
  }

  add(data: unknown): void {
    this.#count++;
    this.#addAt("", data);
    if (this.#fields.size > 2 * MAX_WATCHED && this.#known === undefined) this.#keepMostFrequent(MAX_WATCHED);
  }

  result(): SummaryOfData {
    this.#keepMostFrequent(MAX_FIELDS);
    const fields: [string, FieldSummary][] = [];
    let bytes = 0;
    for (const [path, tally] of this.#fields) {
      const summary = tally.summary();
      bytes += jsonBytes({ [path]: summary });
      if (bytes <= MOST_BYTES) fields.push([path, summary]);
      else this.#leaveOut(path);
    }
    const more = this.#leftOut.size;
    return { count: this.#count, fields: Object.fromEntries(fields), ...(more > 0 && { fields_more: more }) };
  }

  #addAt(path: string, value: unknown): void {
    if (path.length > MAX_PATH && this.#known === undefined) {
      this.#leaveOut(path);
      return;
    }
    // Where the schema leaves an object open, what is in it is the learner's own.
    const isOpen = this.#known?.has(path);
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !isOpen) {
      for (const [name, inner] of Object.entries(value)) this.#addAt(path === "" ? name : `${path}.${name}`, inner);
      return;
    }
    if (path !== "" && value !== null && (this.#known === undefined || isOpen)) this.#take(this.#field(path), value);
  }

  #take(field: FieldTally, value: unknown): void {
    field.count++;
    for (const single of Array.isArray(value) ? value : [value]) field.add(single);
  }

  #field(path: string): FieldTally {
    const known = this.#fields.get(path);
    if (known) return known;
    const field = new FieldTally(this.#room);
    this.#fields.set(path, field);
    this.#leftOut.delete(hashOf(path));
    return field;
  }

  /** By how many completions have them, then by name; those that stay keep their order. */
  #keepMostFrequent(most: number): void {
    if (this.#fields.size <= most) return;
    const ordered = [...this.#fields].sort(([a, { count }], [b, other]) => other.count - count || (a < b ? -1 : 1));
    for (const [path, field] of ordered.slice(most)) {
      field.release();
      this.#fields.delete(path);
      this.#leaveOut(path);
    }
  }

  #leaveOut(path: string): void {
    if (this.#leftOut.size < MAX_LEFT_OUT) this.#leftOut.add(hashOf(path));
  }
}

/** FNV-1a, in 32 bits: of 100,000 names, about one is taken for another. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}

/** The leaves of a schema's properties by dotted path; undefined where it names none. */
export function fieldsOf(schema: unknown): string[] | undefined {
  const properties = (schema as { properties?: Record<string, unknown> } | undefined)?.properties;
  if (typeof properties !== "object" || properties === null) return undefined;
  return Object.entries(properties).flatMap(
    ([name, inner]) => fieldsOf(inner)?.map((path) => `${name}.${path}`) ?? [name],
  );
}
