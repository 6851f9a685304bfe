import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";

/** One line of the table. `value` and `floor` are medians in `unit`; `ratio` is the median over rounds, `spread` the middle half of them. */
export type Row = {
  benchmark: string;
  case: string;
  value: number;
  floor?: number;
  unit: string;
  ratio?: number;
  spread?: [number, number];
  /** What the project wants, and whether this run had it. */
  aim?: { text: string; met: boolean };
};

/** A benchmark: `quick` takes fewer rounds. */
export type Benchmark = (options: { quick: boolean }) => Promise<Row[]>;

export const atLeast = (value: number, limit: number) => ({ text: `>= ${limit}`, met: value >= limit });
export const atMost = (value: number, limit: number) => ({ text: `<= ${limit}`, met: value <= limit });
export const within = (value: number, [low, high]: [number, number]) => ({
  text: `${low} to ${high}`,
  met: value >= low && value <= high,
});
export const under = (value: number, limit: number, unit: string) => ({
  text: `< ${limit} ${unit}`,
  met: value < limit,
});

/** Values below the first number are shown with so many digits behind the point. */
const DIGITS = [
  [1, 3],
  [10, 2],
  [100, 1],
] as const;
const number = (value: number | undefined): string =>
  value === undefined
    ? ""
    : value.toLocaleString("en-US", { maximumFractionDigits: DIGITS.find(([below]) => value < below)?.[1] ?? 0 });

const VERDICT = ["missed", "met"];
const HEADINGS = ["benchmark", "case", "value", "floor", "unit", "ratio", "middle half", "aim", ""];
const cells = (row: Row): string[] => [
  row.benchmark,
  row.case,
  number(row.value),
  number(row.floor),
  row.unit,
  row.ratio?.toFixed(2) ?? "",
  row.spread?.map((end) => end.toFixed(2)).join("-") ?? "",
  row.aim?.text ?? "",
  row.aim === undefined ? "" : (VERDICT[Number(row.aim.met)] as string),
];
const RIGHT = new Set(["value", "floor", "ratio"]);

/** A table in Markdown that is also aligned for a terminal. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(cells);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(3, heading.length, ...lines.map((line) => (line[column] as string).length)),
  );
  const pad = (text: string, column: number) =>
    RIGHT.has(HEADINGS[column] as string)
      ? text.padStart(widths[column] as number)
      : text.padEnd(widths[column] as number);
  const line = (texts: string[]) => `| ${texts.map(pad).join(" | ")} |`;
  const rule = HEADINGS.map((heading, column) => {
    const dashes = "-".repeat((widths[column] as number) - 1);
    return RIGHT.has(heading) ? `${dashes}:` : `${dashes}-`;
  });
  return [line(HEADINGS), line(rule), ...lines.map(line)].join("\n");
}

/** What figures were measured on, and how busy it was. */
export const machine = (): string =>
  `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${availableParallelism()} cores, load average ${loadavg()[2]?.toFixed(1)}`;

/** Writes `<name>.json` and `<name>.md`. */
export function writeReport(folder: string, name: string, rows: readonly Row[]): void {
  const measuredAt = new Date().toISOString();
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${name}.json`),
    `${JSON.stringify({ measured_at: measuredAt, machine: machine(), rows }, null, 2)}\n`,
  );
  writeFileSync(
    join(folder, `${name}.md`),
    `# Benchmarks\n\n${machine()}, ${measuredAt}. Values are medians; a ratio is the median of rounds in which value and floor were\nmeasured one after the other. Where the middle half of the rounds is wide, the machine was busy with other things.\n\n${table(rows)}\n`,
  );
}
