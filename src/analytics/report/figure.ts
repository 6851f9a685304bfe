import type { Answer } from "../sql/answer.ts";
import type { Row } from "./charts.ts";
import type { Drawing, Size } from "./drawing.ts";

/** Names for people, of what the tables know by its slug. */
export type Titles = (type: string, slug: string) => string;

/** A question, what answers it, and how the answer is drawn. */
export type Figure = {
  id: string;
  /** A question, as a title. */
  question: string;
  /** What it says, and what it does not. */
  note: string;
  sql: string;
  /** Of a figure that is more than its table; undefined where there is nothing to draw. */
  draw?: (drawing: Drawing, size: Size, rows: readonly Row[], titles: Titles) => string | undefined;
  /** In place of a picture. */
  words?: (rows: readonly Row[]) => string;
};

export const rowsOf = ({ columns, rows }: Answer): Row[] =>
  rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));

export const numberIn = (row: Row, name: string): number => Number(row[name] ?? 0);
export const textIn = (row: Row, name: string): string => String(row[name] ?? "");
export const percent = (share: number): string => `${Math.round(100 * share)} %`;
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
