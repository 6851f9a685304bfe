/** What a column holds: times are in UTC with milliseconds. */
export type ColumnType = "text" | "integer" | "number" | "boolean" | "time";
/** `means` is the column's line in docs/analytics.md. */
export type Column<Type extends ColumnType = ColumnType> = { type: Type; means: string };

const column =
  <Type extends ColumnType>(type: Type) =>
  (means: string): Column<Type> => ({ type, means });
export const text = column("text");
export const integer = column("integer");
export const number = column("number");
export const boolean = column("boolean");
export const time = column("time");

/**
 * Whose rows a table has: `catalog` tables are written whole by every run, `learner` tables have the rows of the learners
 * that a run writes, and `deletion` tells in every run of all whose rows must go.
 */
export type TableKind = "catalog" | "learner" | "deletion";

export type Table<Name extends string = string, Columns extends Record<string, Column> = Record<string, Column>> = {
  name: Name;
  kind: TableKind;
  /** One row is this. */
  about: string;
  columns: Columns;
  /** Written only where ids are asked for. */
  isIdentified?: true;
};

/** The one place where a table is told: rows, casts, papers and other stores' types follow from it. */
export const defineTable = <const Name extends string, const Columns extends Record<string, Column>>(
  table: Table<Name, Columns>,
): Table<Name, Columns> => table;

type ValueOf<Type extends ColumnType> = Type extends "boolean"
  ? boolean
  : Type extends "integer" | "number"
    ? number
    : string;

/** A row of a table; what is not known is null, never left out. */
export type RowOf<T extends Table> = { [Name in keyof T["columns"]]: ValueOf<T["columns"][Name]["type"]> | null };

/** The learner's column, of every table that has one. */
export const learner = text("the learner's pseudonym");
