/** What the completion data of a module come to, field by field. */
export type FieldSummary =
  | { count: number; min: number; mean: number; max: number; quartiles: [number, number, number] }
  | { count: number; true_share: number }
  | { count: number; frequencies?: Record<string, number> };

const MAX_VALUES = 100;
/** A longer text is no category, but a drawing or a note. */
const MAX_VALUE_LENGTH = 100;

type Field = { count: number; numbers: number[]; trues: number; booleans: number; texts: Map<string, number> };

/** Gathers completion data, one after the other. */
export class DataSummary {
  readonly #fields = new Map<string, Field>();
  readonly #known: string[] | undefined;
  #count = 0;

  /** @param schema the module's JSON Schema: its fields are told also when nobody sent them, and no others */
  constructor(schema: unknown) {
    this.#known = fieldsOf(schema);
    for (const path of this.#known ?? []) this.#field(path);
  }

  add(data: unknown): void {
    this.#count++;
    this.#addAt("", data);
  }

  result(): { count: number; fields: Record<string, FieldSummary> } {
    const fields = [...this.#fields].map(([path, field]) => [path, summaryOf(field)] as const);
    return { count: this.#count, fields: Object.fromEntries(fields) };
  }

  #addAt(path: string, value: unknown): void {
    // Where the schema leaves an object open, what is in it is the learner's own.
    const isOpen = this.#known?.includes(path);
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !isOpen) {
      for (const [name, inner] of Object.entries(value)) this.#addAt(path === "" ? name : `${path}.${name}`, inner);
      return;
    }
    if (path === "" || value === null || (this.#known && !this.#known.includes(path))) return;
    const field = this.#field(path);
    field.count++;
    for (const single of Array.isArray(value) ? value : [value]) addValue(field, single);
  }

  #field(path: string): Field {
    const known = this.#fields.get(path);
    if (known) return known;
    const field: Field = { count: 0, numbers: [], trues: 0, booleans: 0, texts: new Map() };
    this.#fields.set(path, field);
    return field;
  }
}

function addValue(field: Field, value: unknown): void {
  if (typeof value === "number") field.numbers.push(value);
  if (typeof value === "boolean") {
    field.booleans++;
    if (value) field.trues++;
  }
  if (
    typeof value === "string" &&
    value.length <= MAX_VALUE_LENGTH &&
    (field.texts.size < 10 * MAX_VALUES || field.texts.has(value))
  )
    field.texts.set(value, (field.texts.get(value) ?? 0) + 1);
}

function summaryOf({ count, numbers, trues, booleans, texts }: Field): FieldSummary {
  if (numbers.length > 0) {
    const sorted = numbers.sort((a, b) => a - b);
    const mean = sorted.reduce((sum, number) => sum + number, 0) / sorted.length;
    const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
    return {
      count,
      min,
      mean: rounded(mean),
      max,
      quartiles: [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [number, number, number],
    };
  }
  if (booleans > 0) return { count, true_share: rounded(trues / booleans) };
  if (texts.size === 0) return { count };
  const commonest = [...texts].sort(([a, often], [b, oftener]) => oftener - often || (a < b ? -1 : 1));
  return { count, frequencies: Object.fromEntries(commonest.slice(0, MAX_VALUES)) };
}

/** Between two values in proportion (Hyndman and Fan's type 7, as spreadsheets and R do it). */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const [below = 0, above = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return rounded(below + (above - below) * (position - Math.floor(position)));
}

const rounded = (number: number) => Math.round(number * 10_000) / 10_000;

/** The leaves of a schema's properties by dotted path; undefined where it names none. */
function fieldsOf(schema: unknown): string[] | undefined {
  const properties = (schema as { properties?: Record<string, unknown> } | undefined)?.properties;
  if (typeof properties !== "object" || properties === null) return undefined;
  return Object.entries(properties).flatMap(
    ([name, inner]) => fieldsOf(inner)?.map((path) => `${name}.${path}`) ?? [name],
  );
}
