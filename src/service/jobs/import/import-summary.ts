import type { Timestamp } from "../../../model/time.ts";
import type { Meter } from "../../../store/usage.ts";
import type { HolderTally, ImportTally } from "./import-tally.ts";

/** import-summary.json. */
export type ImportSummary = {
  run: string;
  file: string;
  dry_run: boolean;
  rows: number;
  /** Rows of which something was taken and nothing refused. */
  imported: number;
  skipped: number;
  refused: number;
  events: number;
  taken: Record<string, number>;
  skipped_for: Record<string, number>;
  refused_for: Record<string, number>;
  warnings: Record<string, number>;
  courses: HolderSummary[];
  pathways: HolderSummary[];
  /** What the catalog does not know. */
  unknown: { type: string; slug: string; events: number }[];
  unknown_more: number;
  catalog_version: string;
  start_time: Timestamp;
  end_time: Timestamp;
  duration_seconds: number;
  consumed_rcu: number;
  consumed_wcu: number;
};

type HolderSummary = {
  slug: string;
  modules_completed: number;
  imported_completions: number;
  scores: number;
  started: number;
  enrolled: number;
  refused: number;
  completed_by_import: number;
};

type Run = Pick<ImportSummary, "run" | "file" | "dry_run" | "catalog_version" | "start_time" | "end_time"> & {
  seconds: number;
  consumed: Meter;
};

const rounded = (value: number, places: number) => Math.round(value * 10 ** places) / 10 ** places;

export function summarizeImport({ seconds, consumed, ...run }: Run, tally: ImportTally): ImportSummary {
  const { run: name, file, dry_run, catalog_version, start_time, end_time } = run;
  return {
    run: name,
    file,
    dry_run,
    rows: tally.rows,
    imported: tally.imported,
    skipped: tally.skipped,
    refused: tally.refused,
    events: tally.events,
    taken: tally.taken,
    skipped_for: tally.skippedFor,
    refused_for: tally.refusedFor,
    warnings: tally.warnings,
    courses: holdersOf(tally, "course"),
    pathways: holdersOf(tally, "pathway"),
    unknown: Object.entries(tally.unknown).map(([key, events]) => ({ ...refOf(key), events })),
    unknown_more: tally.unknownMore,
    catalog_version,
    start_time,
    end_time,
    duration_seconds: rounded(seconds, 3),
    consumed_rcu: rounded(consumed.rcu, 1),
    consumed_wcu: rounded(consumed.wcu, 1),
  };
}

function refOf(key: string): { type: string; slug: string } {
  const at = key.indexOf("/");
  return { type: key.slice(0, at), slug: key.slice(at + 1) };
}

const holdersOf = ({ holders }: ImportTally, wanted: string): HolderSummary[] =>
  Object.entries(holders)
    .filter(([key]) => refOf(key).type === wanted)
    .map(([key, tally]) => holderSummary(refOf(key).slug, tally))
    .sort((a, b) => (a.slug < b.slug ? -1 : 1));

const holderSummary = (slug: string, tally: HolderTally): HolderSummary => ({
  slug,
  modules_completed: tally.completion,
  imported_completions: tally.waiver,
  scores: tally.score,
  started: tally.start,
  enrolled: tally.enrolment,
  refused: tally.refused,
  completed_by_import: tally.completed,
});

const SHOWN = 20;

/** The summary for people. */
export function importSummaryText(summary: ImportSummary, notes: readonly string[]): string {
  const { rows, duration_seconds: seconds, dry_run, imported, skipped, refused } = summary;
  const perSecond = Math.round(rows / Math.max(seconds, 0.001));
  const lines = [
    `${rows} ${rows === 1 ? "row" : "rows"} in ${seconds.toFixed(1)} s (${perSecond} a second)`,
    `  ${imported} ${dry_run ? "can be imported" : "imported"}${listed(summary.taken)}`,
    `  ${skipped} skipped${listed(summary.skipped_for)}`,
    `  ${refused} refused${listed(summary.refused_for)}`,
  ];
  if (Object.keys(summary.warnings).length > 0) lines.push(`  warnings${listed(summary.warnings)}`);
  const holders = [...summary.courses.map(rowOf("course")), ...summary.pathways.map(rowOf("pathway"))];
  if (holders.length > 0) lines.push("", ...table(holders.slice(0, SHOWN)), ...more(holders.length - SHOWN));
  if (summary.unknown.length > 0) {
    const shown = summary.unknown.slice(0, SHOWN).map(({ type, slug, events }) => `${type} ${slug} (${events})`);
    lines.push("", `The catalog does not know: ${shown.join(", ")}${summary.unknown.length > SHOWN ? ", …" : ""}`);
  }
  return [...lines, "", ...notes].join("\n");
}

function listed(counts: Record<string, number>): string {
  const shown = Object.entries(counts).map(
    ([name, count]) => `${name.replaceAll("_", name === name.toUpperCase() ? "_" : " ")} ${count}`,
  );
  return shown.length === 0 ? "" : `: ${shown.join(", ")}`;
}

const more = (count: number): string[] => (count > 0 ? [`  … and ${count} more, in import-summary.json`] : []);

const HEADER = ["", "modules", "scores", "imported", "refused", "completed"];
const rowOf =
  (type: string) =>
  ({ slug, ...counts }: HolderSummary): string[] => [
    `${type} ${slug}`,
    ...[
      counts.modules_completed,
      counts.scores,
      counts.imported_completions,
      counts.refused,
      counts.completed_by_import,
    ].map(String),
  ];

function table(rows: readonly string[][]): string[] {
  const widths = HEADER.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}`;
  return [HEADER, ...rows].map(line);
}
