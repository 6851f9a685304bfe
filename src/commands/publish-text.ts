import type { CatalogComparison, Difference, DifferenceKind } from "../catalog/compare-catalogs.ts";
import type { EntityImpact, Fate, ReleaseImpact } from "../service/catalog/release-impact.ts";
import { losesTooMany, lostOf, MAX_LOST } from "../service/catalog/release-impact.ts";
import { BACKFILL_FILES } from "../service/jobs/run-folder.ts";
import { count } from "../service/jobs/summary.ts";

const SHOWN = 20;

const WORDS: Record<DifferenceKind, string> = {
  new: "new",
  gone: "gone: its flags stay as they are",
  renamed: "renamed",
  retired: "retired",
  "in use again": "no longer retired",
  definition: "its definition changes",
  entries: "changes with what it holds",
  aliases: "its aliases change",
  quiz: "its quiz changes: npm run regrade grades earlier answers anew",
  text: "changes in nothing that a completion rests on",
};

/** What differs, a line for each entity, those first whose completions it may change. */
export function differenceLines({ differences, concerned }: CatalogComparison): string[] {
  if (differences.length === 0) return ["differs  in nothing"];
  const isText = ({ kinds }: Difference) => kinds.every((kind) => kind === "text");
  const inOrder = [...differences.filter((one) => !isText(one)), ...differences.filter(isText)];
  return [
    `differs  in ${entities(differences.length)}; the completions of ${concerned.length} may change`,
    ...inOrder.slice(0, SHOWN).map((one) => `  ${one.type} ${one.slug}: ${wordsOf(one)}`),
    ...moreLine(inOrder.length),
  ];
}

const entities = (number: number) => (number === 1 ? "1 entity" : `${number} entities`);
const wordsOf = ({ kinds, to }: Difference): string =>
  kinds.map((kind) => (to === undefined ? WORDS[kind] : `${WORDS[kind]}, to ${to}`)).join("; ");
const moreLine = (number: number): string[] => (number > SHOWN ? [`  … and ${number - SHOWN} more`] : []);

const NAMED: readonly Fate[] = ["lose", "expire", "gain"];

/** Who would gain, lose or expire, by entity, and a few of their ids. */
export function impactLines({ summary, entities: found }: ReleaseImpact, path: string): string[] {
  const { total_contacts: learners, failed, duration_seconds: seconds } = summary;
  const lines = [`dry run  ${count(learners, "learner")} in ${seconds.toFixed(1)} s, files in ${path}`];
  if (failed > 0) lines.push(`  ${count(failed, "learner")} cannot be judged: see ${BACKFILL_FILES.failures}`);
  if (found.length === 0) return [...lines, "  nobody's completions would change"];
  const shown = found.slice(0, SHOWN);
  return [
    ...lines,
    ...table(shown),
    ...moreLine(found.length),
    ...shown.flatMap((impact) => NAMED.flatMap((fate) => whoLine(impact, fate))),
  ];
}

function table(impacts: readonly EntityImpact[]): string[] {
  const header = ["", "complete", "gain", "lose", "expire", "move"];
  const rows = impacts.map(({ type, slug, standing, counts: { gain, lose, expire, move } }) => [
    `${type} ${slug}`,
    ...[standing, gain, lose, expire, move].map(String),
  ]);
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [header, ...rows].map((row) => `  ${row.map(pad).join("  ")}`);
}

function whoLine({ type, slug, counts, who }: EntityImpact, fate: Fate): string[] {
  const number = counts[fate];
  if (number === 0) return [];
  const rest = number - who[fate].length;
  return [`  ${fate} ${type} ${slug}: ${who[fate].join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}

/** Why a publication stops before it, and what to do. */
export function questionLines(impacts: readonly EntityImpact[]): string[] {
  const grave = impacts.filter(losesTooMany);
  return [
    `This would end more than ${100 * MAX_LOST} % of the completions of ${entities(grave.length)}:`,
    ...grave.slice(0, SHOWN).map((one) => `  ${one.type} ${one.slug}: ${lostOf(one)} of ${one.standing}`),
    ...moreLine(grave.length),
    "Nothing was published. If that is what you want, give --yes; with --no-backfill, too, learners keep what they have until a backfill runs.",
  ];
}
