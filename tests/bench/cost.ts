import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runExport } from "../../src/analytics/export/run-export.ts";
import { pseudonymsBy } from "../../src/analytics/pseudonyms.ts";
import { createApp } from "../../src/api/app.ts";
import { ANYONE } from "../../src/api/caller.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { beginExport } from "../../src/commands/begin-export.ts";
import { startDynamoDbLocal } from "../../src/local/dynamodb-local.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { createIngest, type Ingest } from "../../src/service/ingest/ingest.ts";
import type { Summary } from "../../src/service/jobs/summary.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { fillTable } from "../support/builders/fill-table.ts";
import { withContent } from "./content.ts";
import { BATCH, CHEAPEST_COMPLETION, CONTENT, KINDS, type Sent } from "./cost-events.ts";
import { LEARNERS, LEARNING, learningCatalog } from "./learners.ts";
import { type MeteredStore, openMeteredStore, type Taken } from "./metered-store.ts";
import { dollarsOf, PRICES, PRICES_NOTE } from "./prices.ts";
import { atMost, type Benchmark, type Row } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

const AIMS = { writeUnits: 3, queries: 1 };
const BACKFILL = fileURLToPath(new URL("../../scripts/backfill-completion-flags.ts", import.meta.url));
const BACKFILLED = { full: 1_000, quick: 200 };
/** Who is read has done all kinds of things; who is exported too. */
const EXPORTED = { full: 40, quick: 5 };
const READER = "reader";

const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };
const catalog = catalogOf(CONTENT);

/** What events, reads, a backfill and an export take of DynamoDB, in units and dollars. No clock is in it. */
export const cost: Benchmark = async ({ quick }) => {
  const local = await startDynamoDbLocal();
  if (local === undefined) throw new Error("What things cost is measured on DynamoDB Local, which needs Java");
  try {
    const opened = await openMeteredStore(local.endpoint, "cost");
    const ingest = createIngest({ store: opened.store, catalog: fixedCatalog(catalog), log });
    const size = quick ? "quick" : "full";
    const rows = [
      ...(await eventRows(opened, ingest)),
      ...(await readRows(opened, ingest)),
      ...(await backfillRows(local.endpoint, BACKFILLED[size])),
      ...(await exportRows(local.endpoint, EXPORTED[size])),
      ...priceRows(),
    ];
    opened.client.destroy();
    return rows;
  } finally {
    local.process.kill("SIGKILL");
  }
};

const row = (text: string, value: number, unit: string): Row => ({ benchmark: "cost", case: text, value, unit });

/** How often something is paid for: `things` were measured, and units are told of `units` of them, dollars of `dollars`. */
type Times = { things?: number; units?: number; dollars?: number };

function rowsOf(
  what: string,
  { rcu, wcu }: Pick<Taken, "rcu" | "wcu">,
  { things = 1, units = 1, dollars = 1e6 }: Times = {},
): Row[] {
  const times = units / things;
  return [
    row(what, rcu * times, "read units"),
    ...(wcu > 0 ? [row(what, wcu * times, "write units")] : []),
    row(what, dollarsOf({ rcu, wcu }) * (dollars / things), dollars === units ? "dollars" : "dollars a million"),
  ];
}

/** By what units became dollars. */
const priceRows = (): Row[] => [
  row(`a million read units, ${PRICES_NOTE}`, PRICES.readUnits, "dollars"),
  row(`a million write units, ${PRICES_NOTE}`, PRICES.writeUnits, "dollars"),
];

/** @throws Error for an event that is refused */
async function send(ingest: Ingest, learner: string, events: readonly Sent[]): Promise<void> {
  if (events.length === 0) return;
  const results = await ingest(events.map((one) => ({ ...one, contactIdentifier: { contactId: learner } })));
  const refused = results.find(({ error }) => error !== undefined);
  if (refused) throw new Error(`An event was refused: ${JSON.stringify(refused.error)}`);
}

/** Each kind by itself, and so many of one learner in one request. */
async function eventRows({ taken }: MeteredStore, ingest: Ingest): Promise<Row[]> {
  const rows: Row[] = [];
  const all = Array.from({ length: BATCH }, (_, index) => index);
  for (const [name, { before = () => [], sent }] of Object.entries(KINDS)) {
    const [one, many] = [`one ${name}`, `many ${name}`];
    await send(ingest, one, before(0));
    const single = await taken(() => send(ingest, one, [sent(0)]));
    await send(ingest, many, all.flatMap(before));
    const batch = await taken(() => send(ingest, many, all.map(sent)));
    rows.push(...rowsOf(`${name}, single`, single).map((one) => ({ ...one, ...aimOf(name, one.unit, single) })));
    rows.push(...rowsOf(`${name}, each of ${BATCH} in a batch`, batch, { things: BATCH }));
    if (name === CHEAPEST_COMPLETION)
      rows.push({
        ...row(`${name}, single`, single.queries, "strong Queries"),
        aim: atMost(single.queries, AIMS.queries),
      });
  }
  return rows;
}

const aimOf = (name: string, unit: string, { wcu }: Taken): Pick<Row, "aim"> =>
  name === CHEAPEST_COMPLETION && unit === "write units" ? { aim: atMost(wcu, AIMS.writeUnits) } : {};

/** Five events of each kind, and what came before them. @returns how many events that is */
async function live(ingest: Ingest, learner: string): Promise<number> {
  const events = Array.from({ length: 5 }, (_, index) =>
    Object.values(KINDS).flatMap(({ before = () => [], sent }) => [...before(index), sent(index)]),
  ).flat();
  await send(ingest, learner, events);
  return events.length;
}

/** One answer of every route that reads, of a learner who did all kinds of things. */
async function readRows({ store, taken }: MeteredStore, ingest: Ingest): Promise<Row[]> {
  await live(ingest, READER);
  const app = createApp(
    { store, catalog: fixedCatalog(catalog), ingest, openApi: async () => "{}", client: async () => ({}) },
    {
      log,
      metrics: { add: silent, publish: silent },
      authenticate: async () => ANYONE,
      allowedOrigins: [],
      isOpen: false,
    },
  );
  const slugs = { modules: "first-0", courses: "course-0", pathways: "all" };
  const rows: Row[] = [];
  for (const { method, path } of ROUTES) {
    const [, kind] = /(modules|courses|pathways)\/:slug/.exec(path) ?? [];
    if (method !== "GET" || !/:id|:slug|^\/learners$/.test(path)) continue;
    const address = path.replace(":id", READER).replace(":slug", slugs[kind as keyof typeof slugs] ?? "");
    const used = await taken(async () => {
      const { status } = await app.request(address);
      if (status !== 200) throw new Error(`${address} was answered with ${status}`);
    });
    rows.push(...rowsOf(`GET ${path}`, used));
  }
  return rows;
}

/** The real command, without and with something to change. */
async function backfillRows(endpoint: string, learners: number): Promise<Row[]> {
  const opened = await openMeteredStore(endpoint, "cost-backfill");
  await fillTable(opened.client, opened.tables, learningCatalog, { ...LEARNERS, learners, flags: "missing" });
  opened.client.destroy();
  return withContent(LEARNING, (CONTENT_DIR) =>
    withTemporaryFolder(async (folder) => {
      const run = async (name: string, ...more: string[]) => {
        const output = join(folder, name);
        const env = { ...process.env, STORE: endpoint, TABLE_PREFIX: "cost-backfill", CONTENT_DIR };
        await promisify(execFile)(process.execPath, [BACKFILL, `--output-dir=${output}`, ...more], { env });
        const [made = ""] = readdirSync(output);
        return JSON.parse(readFileSync(join(output, made, "backfill-summary.json"), "utf8")) as Summary;
      };
      const rowsFor = (what: string, { consumed_rcu: rcu, consumed_wcu: wcu }: Summary) =>
        rowsOf(`${what}, 1,000 learners`, { rcu, wcu }, { things: learners, units: 1_000, dollars: 1_000 });
      return [
        ...rowsFor("backfill, dry", await run("dry", "--dry-run")),
        ...rowsFor("backfill, every flag to set", await run("changing")),
        ...rowsFor("backfill, nothing to change", await run("same")),
      ];
    }),
  );
}

/** The export of an analyst, of learners who did what all others here do. */
async function exportRows(endpoint: string, learners: number): Promise<Row[]> {
  const opened = await openMeteredStore(endpoint, "cost-export");
  const { store, scanner, meter } = opened;
  const ingest = createIngest({ store, catalog: fixedCatalog(catalog), log });
  let events = 0;
  for (let learner = 0; learner < learners; learner++) events += await live(ingest, `learner-${learner}`);
  const rows = await withTemporaryFolder(async (outputDir) => {
    const given = { outputDir, format: "ndjson", incremental: false, identified: false, withText: false } as const;
    const { version: catalogVersion } = catalog;
    const { folder, checkpoint } = beginExport(
      { ...given, segments: 1, concurrency: 4, forget: false },
      { catalogVersion, target: "cost", keyId: "cost" },
    );
    const { signal } = new AbortController();
    const run = { store, scanner, meter, catalog, pseudonyms: pseudonymsBy("cost"), folder, checkpoint, signal };
    const used = await opened.taken(() => runExport(run, silent));
    return rowsOf("export, a million events", used, { things: events, units: 1e6, dollars: 1e6 });
  });
  opened.client.destroy();
  return rows;
}
