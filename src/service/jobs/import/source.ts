import { ImportFault } from "./fault.ts";
import type { Source } from "./mapping.ts";
import type { Layout } from "./rows.ts";

/** A row, and where in it something is said. */
export type Scope = {
  cells?: readonly string[];
  document?: unknown;
  /** With `each`: what was found, and the keys that led there. */
  item?: unknown;
  keys?: readonly string[];
  /** With `columns`: which is meant. */
  column?: number;
};

/** A value as text without space around it; undefined where there is none. */
export type ReadText = (scope: Scope) => string | undefined;

/** @throws ImportFault where the file has no such thing */
export function sourceReader(source: Source, layout: Layout): ReadText {
  const read = reader(source, layout);
  return (scope) => textOf(read(scope));
}

function reader({ column, offset, path, key }: Source, layout: Layout): (scope: Scope) => unknown {
  if (column !== undefined && layout.format === "csv") {
    const index = columnIndex(column, layout.columns);
    return ({ cells }) => cells?.[index];
  }
  if (column !== undefined) return ({ document }) => valueAt(document, [String(column)]);
  if (offset !== undefined) return ({ cells, column: at = 0 }) => cells?.[at + offset];
  if (layout.format === "csv")
    throw new ImportFault("The mapping has a path, a key or `each`, which documents have, and a CSV file has columns.");
  if (key !== undefined) return ({ keys }) => keys?.[key - 1];
  const steps = stepsOf(path ?? []);
  if (steps[0] === "$") return ({ document }) => valueAt(document, steps.slice(1));
  return ({ item }) => valueAt(item, steps);
}

/** @throws ImportFault that says which columns there are */
export function columnIndex(column: string | number, columns: readonly string[]): number {
  const found =
    typeof column === "number" ? [column - 1] : columns.flatMap((name, index) => (name === column ? [index] : []));
  const there = `Its columns are: ${columns.map((name, index) => (name === "" ? `(number ${index + 1}, without a heading)` : name)).join(", ")}.`;
  const [index] = found;
  if (index === undefined || index >= columns.length)
    throw new ImportFault(`The mapping names the column ${column}, which the file does not have. ${there}`);
  if (found.length > 1)
    throw new ImportFault(
      `The mapping names the column ${column}, and ${found.length} columns have this heading: the numbers ${found.map((at) => at + 1).join(", ")}. Name it by its number.`,
    );
  return index;
}

export const stepsOf = (path: string | readonly string[]): readonly string[] =>
  typeof path === "string" ? path.split(".") : path;

const valueAt = (value: unknown, steps: readonly string[]): unknown =>
  steps.reduce<unknown>(
    (inside, step) => (isObject(inside) && Object.hasOwn(inside, step) ? inside[step] : undefined),
    value,
  );

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || isObject(value)) return undefined;
  const text = String(value).trim();
  return text === "" ? undefined : text;
}

/** Everything at a path in which `*` stands for any key, with the keys that it stood for. */
export function everyMatch(
  value: unknown,
  steps: readonly string[],
  keys: readonly string[] = [],
): { item: unknown; keys: readonly string[] }[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [{ item: value, keys }];
  if (!isObject(value)) return [];
  if (step !== "*") return Object.hasOwn(value, step) ? everyMatch(value[step], rest, keys) : [];
  return Object.entries(value).flatMap(([key, inside]) => everyMatch(inside, rest, [...keys, key]));
}
