import type { Meter } from "../../store/usage.ts";
import type { BackfillOptions } from "./options.ts";
import type { EntityTally, Tally } from "./tally.ts";

/** backfill-summary.json. */
export type Summary = {
  run: string;
  total_contacts: number;
  processed: number;
  updated: number;
  skipped_synced: number;
  failed: number;
  validation_errors: number;
  /** Learners who have been deleted, of whom something was left: it is taken away. They are none of the total. */
  deleted_purged: number;
  /** Flags of what has no file any more: they are left as they are, unless the run revokes them. */
  unknown_left: number;
  /** Of modules with conditions; the others carry facts. */
  /** Flags that stood, and whose completion has expired by the time of the run, because it holds for so long now. */
  expired_at_once: number;
  modules_updated: number;
  courses_updated: number;
  pathways_updated: number;
  start_time: string;
  end_time: string;
  duration_seconds: number;
  dry_run: boolean;
  catalog_version: string;
  consumed_rcu: number;
  consumed_wcu: number;
  /** The courses and pathways that changed, those with the most changes first. */
  entities: (EntityTally & { type: string; slug: string })[];
  /** Rules of thumb that this run breaks, each with what to do. */
  warnings: string[];
};

const MAX_FAILURE_RATE = 0.05;
const MAX_VALIDATION_ERROR_RATE = 0.01;

type Run = {
  run: string;
  options: BackfillOptions;
  catalogVersion: string;
  startTime: string;
  endTime: string;
  seconds: number;
};

export function summarize({ run, options, ...times }: Run, tally: Tally, { rcu, wcu }: Meter): Summary {
  const total = tally.processed + tally.failed;
  return {
    run,
    total_contacts: total,
    processed: tally.processed,
    updated: tally.updated,
    skipped_synced: tally.skippedSynced,
    failed: tally.failed,
    validation_errors: tally.validationErrors,
    deleted_purged: tally.deletedPurged ?? 0,
    unknown_left: tally.unknownLeft ?? 0,
    expired_at_once: tally.expiredAtOnce ?? 0,
    modules_updated: tally.modulesUpdated,
    courses_updated: tally.coursesUpdated,
    pathways_updated: tally.pathwaysUpdated,
    start_time: times.startTime,
    end_time: times.endTime,
    duration_seconds: Math.round(times.seconds * 1_000) / 1_000,
    dry_run: options.dryRun,
    catalog_version: times.catalogVersion,
    consumed_rcu: Math.round(rcu * 10) / 10,
    consumed_wcu: Math.round(wcu * 10) / 10,
    entities: movers(tally),
    warnings: warningsOf(tally, total),
  };
}

const changesOf = ({ set, cleared, moved }: EntityTally) => set + cleared + moved;

/** Those with the most changes first. */
export function movers({ entities }: Pick<Tally, "entities">): Summary["entities"] {
  return Object.entries(entities)
    .map(([key, counts]) => {
      const [type = "", slug = ""] = key.split("/");
      return { type, slug, ...counts };
    })
    .sort((a, b) => changesOf(b) - changesOf(a) || (a.type + a.slug < b.type + b.slug ? -1 : 1));
}

export const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

function warningsOf({ failed, validationErrors }: Tally, total: number): string[] {
  if (total === 0) return [];
  const warnings: string[] = [];
  if (failed / total > MAX_FAILURE_RATE)
    warnings.push(
      `${percent(failed, total)} of the learners failed, more than ${percent(MAX_FAILURE_RATE, 1)}. ` +
        "Read backfill-failures.json, mend what it names, and run again before you trust the flags.",
    );
  if (validationErrors / total > MAX_VALIDATION_ERROR_RATE)
    warnings.push(
      `${count(validationErrors, "validation error")} in ${count(total, "learner")}: more than ` +
        `${percent(MAX_VALIDATION_ERROR_RATE, 1)}. Something else writes into this table: find it before you go on.`,
    );
  return warnings;
}

const SHOWN = 20;

/** The summary for people: totals, a table of what changed, notes, and warnings at the very end. */
export function summaryText(summary: Summary, notes: readonly string[] = []): string {
  const would = summary.dry_run ? "would change" : "changed";
  const lines = [
    `${count(summary.total_contacts, "learner")} in ${summary.duration_seconds.toFixed(1)} s` +
      ` (${Math.round(summary.total_contacts / Math.max(summary.duration_seconds, 0.001))} a second,` +
      ` ${summary.consumed_rcu} read and ${summary.consumed_wcu} write units)`,
    `  ${summary.updated} ${would}: ${count(summary.courses_updated, "course flag")}, ${count(summary.pathways_updated, "pathway flag")}` +
      (summary.modules_updated > 0 ? `, ${count(summary.modules_updated, "module flag")}` : ""),
    `  ${summary.processed - summary.updated} right already${summary.skipped_synced > 0 ? ` (${summary.skipped_synced} skipped)` : ""}`,
    `  ${summary.failed} failed${summary.validation_errors > 0 ? `, with ${count(summary.validation_errors, "validation error")}` : ""}`,
  ];
  if (summary.deleted_purged > 0)
    lines.push(
      `  of ${count(summary.deleted_purged, "deleted learner")} something was left, which ${summary.dry_run ? "a run would take" : "was taken"} away`,
    );
  if (summary.unknown_left > 0)
    lines.push(
      `  ${count(summary.unknown_left, "flag")} of what has no file any more ${summary.unknown_left === 1 ? "is" : "are"} left as they are (--revoke-unknown clears them)`,
    );
  lines.push(...expiredText(summary));
  if (summary.entities.length > 0) lines.push("", ...table(summary.entities));
  if (notes.length > 0) lines.push("", ...notes);
  for (const warning of summary.warnings) lines.push("", `WARNING: ${warning}`);
  return lines.join("\n");
}

/** Completions that stood, and that content ends now. */
const expiredText = ({ expired_at_once: expired, dry_run }: Summary): string[] =>
  expired === 0
    ? []
    : [
        `  of these ${count(expired, "completion")} that stood ${dry_run ? "would be" : "are"} expired at once, by how long content says that they hold`,
      ];

export function table(entities: Summary["entities"], file = "backfill-summary.json"): string[] {
  const header = ["", "set", "cleared", "moved"];
  const rows = entities
    .slice(0, SHOWN)
    .map(({ type, slug, set, cleared, moved }) => [`${type} ${slug}`, String(set), String(cleared), String(moved)]);
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: string[]) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}`;
  const more = entities.length - SHOWN;
  return [line(header), ...rows.map(line), ...(more > 0 ? [`  … and ${more} more, in ${file}`] : [])];
}
