import type { LoadResult } from "./run-load.ts";

const count = (value: number) => Math.round(value).toLocaleString("en-US");
const figure = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => `${name} ${count(value)}`)
    .join(", ") || "none";

/** A load run for people, as Markdown. */
export function loadReport(machine: string, result: LoadResult): string {
  const { options, events, compared, retries, latencies_ms, violations, violation_count } = result;
  const rows: [string, string][] = [
    ["Lasted", `${count(result.seconds)} s, of which the service was down ${count(result.seconds_down)} s`],
    ["Killed and restarted", `${result.restarts} times`],
    ["Requests answered", `${count(result.requests)}, ${figure(result.requests_per_second)} a second`],
    ["Events sent", `${count(events.sent)}, ${figure(result.events_per_second)} a second`],
    ["Events accepted, refused", `${count(events.accepted)}, ${count(events.refused)}`],
    ["Requests sent again on purpose", count(result.copies_beyond_the_first)],
    [
      "Sent again for want of an answer",
      `${count(retries.brokenConnections)} (connection), ${count(retries.unavailable)} (503)`,
    ],
    ["Answers by status", list(result.statuses)],
    ["Refusals by code", list(result.refusals)],
    [
      "Lines in the log",
      `${count(result.log.lines)}: ${count(result.log.warnings)} warnings, ${count(result.log.unavailable)} times the store was too slow`,
    ],
  ];
  return [
    "# Load run",
    "",
    `${machine}. Store: ${options.store}. ${options.learners_at_once} learners or servers at once, seed ${options.seed}; kill -9 about every`,
    `${options.seconds_between_kills} s. Client, service and store share the machine.`,
    "",
    ...table(["what", "figure"], rows),
    "",
    "## Afterwards, in the store",
    "",
    violation_count === 0
      ? `All of it is as it should be: ${count(compared.learners)} learners with ${count(compared.facts)} entities and ${count(compared.flags)} flags, as the oracle`
      : `**${violation_count} violations**, below. Compared: ${count(compared.learners)} learners with ${count(compared.facts)} entities and ${count(compared.flags)} flags, as the oracle`,
    `makes them of what was acknowledged; ${count(compared.attempts)} attempts in the history, each once; ${count(compared.transitions)} courses and`,
    "pathways became complete, each reported by one event id, the one that its flag names.",
    "",
    ...violations.map((violation) => `- ${violation}`),
    ...(violations.length > 0 ? [""] : []),
    "## Latency, in milliseconds",
    "",
    ...table(
      ["kind", "count", "p50", "p95", "p99", "max"],
      latencies_ms.map(({ kind, count: samples, p50, p95, p99, max }) => [
        kind,
        count(samples),
        ...[p50, p95, p99, max].map(figure),
      ]),
    ),
    "",
    "## Memory of the service (RSS, MB), by life",
    "",
    ...table(["life", "samples", "first", "median", "highest", "last"], livesOf(result)),
    "",
  ].join("\n");
}

function livesOf({ memory }: LoadResult): string[][] {
  const lives = [...new Set(memory.map(({ life }) => life))];
  return lives.map((life) => {
    const samples = memory.filter((sample) => sample.life === life).map(({ megabytes }) => megabytes);
    const sorted = [...samples].sort((a, b) => a - b);
    const shown = [samples[0], sorted[sorted.length >> 1], sorted.at(-1), samples.at(-1)];
    return [String(life + 1), String(samples.length), ...shown.map((value) => count(value ?? 0))];
  });
}

const table = (headings: string[], rows: string[][]): string[] => [
  `| ${headings.join(" | ")} |`,
  `| ${headings.map(() => "---").join(" | ")} |`,
  ...rows.map((cells) => `| ${cells.join(" | ")} |`),
];
