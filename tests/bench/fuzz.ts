import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentFiles } from "../support/builders/catalogs.ts";
import { bearer, createIssuerIn, type Issuer } from "../support/fakes/issuer.ts";
import { type RestartableService, restartableService } from "../support/processes/restartable-service.ts";
import { FUZZED_CONTENT } from "../trials/fuzz/content.ts";
import { type Counts, EXCHANGES, type Extremes, MAX_ANSWER_BYTES, worseOf } from "../trials/fuzz/judge.ts";
import { fuzz as sendAll } from "../trials/fuzz/run-fuzz.ts";
import { tokensOf } from "../trials/fuzz/tokens.ts";
import type { StoreAnswer } from "./dynalite.ts";
import { machine } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { startWorker } from "./worker.ts";

/** Of all exchanges, so many before memory is looked at for the first time. */
const WARM_UP = 0.2;
const SERVICES = 2;
const MAX_GROWTH = 1.25;
/** No request may hold the process, and all others with it, for longer. */
const MAX_REQUEST_MS = 2_000;
const HOUR_MS = 3_600_000;
const PRINT_HEAP = fileURLToPath(new URL("print-heap.ts", import.meta.url));

type Options = { exchanges: number; seed: number; path?: string | undefined };
type Memory = { heap_mb: number; rss_mb: number };
type Result = {
  service: string;
  before: Memory;
  after: Memory;
  growth: number;
  counts: Counts;
  extremes: Extremes;
  faults: string[];
};

/** Thousands of requests that no client should send, to a service with an issuer and to an open one. @returns whether all was well */
export async function fuzz(output: string, { exchanges, ...replay }: Options): Promise<boolean> {
  const options = { exchanges: Math.ceil(exchanges / SERVICES), ...replay };
  console.error(
    `seed ${options.seed}; a failure is had again with --seed=${options.seed} --path=…, as its message says`,
  );
  const store = startWorker<object, StoreAnswer>("dynalite.ts");
  try {
    const { endpoint } = await store.ask({});
    const results = await withTemporaryFolder(async (folder) => {
      const theirs = join(folder, "stranger");
      mkdirSync(theirs);
      const [issuer, stranger] = [await createIssuerIn(folder), await createIssuerIn(theirs)];
      const common = { CONTENT_DIR: writeContent(join(folder, "content")), DATA_DIR: folder, STORE: endpoint };
      return [
        await attack(
          "with an issuer",
          { ...common, ...issuer.variables, TABLE_PREFIX: "closed" },
          [issuer, stranger],
          options,
        ),
        await attack("that is open", { ...common, TABLE_PREFIX: "open" }, [issuer, stranger], options),
      ];
    });
    const report = reportOf(options, results);
    mkdirSync(output, { recursive: true });
    writeFileSync(
      join(output, "report.json"),
      `${JSON.stringify({ measured_at: new Date().toISOString(), machine: machine(), seed: options.seed, results }, null, 2)}\n`,
    );
    writeFileSync(join(output, "report.md"), report);
    console.log(report);
    return results.every(({ faults }) => faults.length === 0);
  } finally {
    store.stop();
  }
}

function writeContent(folder: string): string {
  for (const { file, text } of contentFiles(FUZZED_CONTENT)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

async function attack(
  name: string,
  variables: Record<string, string>,
  [issuer, stranger]: [Issuer, Issuer],
  { exchanges, seed, path }: Options,
): Promise<Result> {
  const service = await restartableService(variables, ["--expose-gc", "--import", PRINT_HEAP]);
  await service.start();
  try {
    const tokens = await tokensOf(issuer, stranger, variables.AUTH_ISSUER !== undefined);
    const send = (share: number, of: number) =>
      sendAll({ url: service.url, tokens, exchanges: exchanges * share, seed: seed + of, path, milliseconds: HOUR_MS });
    const memory = async () => (await service.ask("SIGUSR2")) as Memory;
    console.error(`A service ${name} ...`);
    const warmUp = await send(WARM_UP, 0);
    const before = await memory();
    const { counts, extremes } = await send(1 - WARM_UP, 1);
    const after = await memory();
    for (const [kind, value] of Object.entries(warmUp.counts)) counts[kind] = (counts[kind] ?? 0) + value;
    const growth = after.heap_mb / before.heap_mb;
    const faults = [...faultsAfter(service), ...(await isAlive(service, tokens.good[0], variables))];
    if (growth > MAX_GROWTH) faults.push(`The heap grew from ${before.heap_mb} to ${after.heap_mb} MB`);
    const worst = worseOf(extremes, warmUp.extremes);
    if (worst.largest_bytes > MAX_ANSWER_BYTES) faults.push(`An answer came to ${worst.largest_bytes} bytes`);
    if (worst.longest_ms > MAX_REQUEST_MS)
      faults.push(`A request took ${worst.longest_ms.toFixed()} ms: ${worst.longest}`);
    return {
      service: name,
      before,
      after,
      growth,
      counts,
      extremes: worst,
      faults,
    };
  } finally {
    await service.kill("SIGKILL");
  }
}

function faultsAfter({
  findings: { errors, leaks, insides, unavailable },
  restarts,
  isRunning,
}: RestartableService): string[] {
  return [
    ...[...errors, ...leaks, ...insides].map((line) => `In the log: ${line}`),
    ...(unavailable > 0 ? [`${unavailable} times the store was said to be down, and was not`] : []),
    ...(isRunning() && restarts() === 0 ? [] : ["The service has ended"]),
  ];
}

/** After all that, an ordinary event; to an open service, whose keys are others, without a token. */
async function isAlive(
  { url }: RestartableService,
  token: string | undefined,
  { AUTH_ISSUER }: Record<string, string>,
): Promise<string[]> {
  const answer = await fetch(`${url}/events/track`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(AUTH_ISSUER && token && bearer(token)) },
    body: JSON.stringify({
      eventName: "learning_page_viewed",
      contactIdentifier: { contactId: "survivor" },
      payload: { content_type: "module", slug: "a" },
    }),
  }).catch((error: Error) => ({ status: 0, text: async () => error.message }));
  return answer.status === 200 ? [] : [`An ordinary event is answered ${answer.status}: ${await answer.text()}`];
}

function reportOf({ seed }: Options, results: readonly Result[]): string {
  const kinds = [...new Set(results.flatMap(({ counts }) => Object.keys(counts)))].filter((kind) => kind !== EXCHANGES);
  const row = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  const each = (cell: (result: Result) => string | number) => results.map(cell);
  return [
    "# Fuzz run",
    "",
    `${machine()}. Seed ${seed}. Of each answer, its status and code; \`bare\` is what Node answers to what is no HTTP,`,
    "`closed`, `quiet` and `left` are connections on which no answer came: closed by the service, not said to the end by the",
    "client, and closed by the client. The largest answer is counted as a Lambda carries it, and may come to 6 MB; no request",
    "may take longer than 2 s, on a machine that has nothing else to do.",
    "",
    row(["", ...each(({ service }) => `a service ${service}`)]),
    row(["---", ...each(() => "---:")]),
    row([EXCHANGES, ...each(({ counts }) => counts[EXCHANGES] ?? 0)]),
    row(["heap after a fifth of them, MB", ...each(({ before }) => before.heap_mb)]),
    row(["heap at the end, MB", ...each(({ after }) => after.heap_mb)]),
    row(["ratio", ...each(({ growth }) => growth.toFixed(2))]),
    row(["RSS after a fifth, and at the end, MB", ...each(({ before, after }) => `${before.rss_mb}, ${after.rss_mb}`)]),
    row(["the largest answer, KB", ...each(({ extremes }) => Math.ceil(extremes.largest_bytes / 1_024))]),
    row(["the longest request, ms", ...each(({ extremes }) => extremes.longest_ms.toFixed())]),
    ...kinds.sort().map((kind) => row([kind, ...each(({ counts }) => counts[kind] ?? 0)])),
    "",
    ...results.flatMap(({ service, faults }) =>
      faults.length === 0
        ? [`A service ${service}: no fault.`]
        : faults.map((fault) => `A service ${service}: ${fault}`),
    ),
    "",
  ].join("\n");
}
