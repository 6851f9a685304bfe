import { csvField } from "../csv-field.ts";
import type { Answer, Value } from "./answer.ts";

export const ANSWER_FORMATS = ["table", "csv", "json"] as const;
export type AnswerFormat = (typeof ANSWER_FORMATS)[number];

/** An answer for people, for spreadsheets, or for programs. */
export function printedAnswer(answer: Answer, format: AnswerFormat): string {
  if (format === "json") return asJson(answer);
  return format === "csv" ? asCsv(answer) : asTable(answer);
}

const asJson = ({ columns, rows }: Answer): string =>
  rows.length === 0
    ? "[]"
    : `[\n${rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((name, column) => [name, row[column]])))).join(",\n")}\n]`;

const asCsv = ({ columns, rows }: Answer): string =>
  [columns, ...rows].map((row) => row.map(csvField).join(",")).join("\r\n");

/** A cell that is longer would push the others out of sight. */
const WIDEST = 60;
const PLACES = 4;

function shown(value: Value): string {
  if (value === null) return "";
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toFixed(PLACES)));
  const text = String(value).replaceAll(/\s+/g, " ");
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

function asTable({ columns, rows, isNumber }: Answer): string {
  const cells = rows.map((row) => row.map(shown));
  const widths = columns.map((name, column) =>
    cells.reduce((width, row) => Math.max(width, (row[column] ?? "").length), name.length),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const count = rows.length === 1 ? "1 row" : `${rows.length} rows`;
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...cells.map(line), `(${count})`].join("\n");
}
