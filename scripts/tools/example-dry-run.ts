import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { runBackfillCommand } from "../../src/commands/backfill-command.ts";
import { openStore } from "../../src/commands/open-store.ts";
import { moduleCompleted } from "../../src/model/events/module-completed.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import type { Store } from "../../src/store/store.ts";

const EXAMPLE = "verification-output/backfill/example";

const lab = [
  "accessing-vlab-with-gcp",
  "touring-the-virtual-fabric",
  "reading-switch-health",
  "creating-your-first-vpc",
] as const;
const support = ["listening-before-answering", "writing-a-clear-update", "running-an-incident-review"];
const clinic = ["tracing-a-lost-packet", "writing-firewall-rules", "reading-switch-health"];
const onDay = (day: number) => `2026-01-${String(day).padStart(2, "0")}T10:00:00.000Z`;

/** Some learners as a real table has them after a year: most are right, and a few are not. */
async function addLearners(store: Store, catalog: Catalog): Promise<void> {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const ingest = createIngest({
    store,
    catalog: fixedCatalog(catalog),
    log,
  });
  /** Completed through the service, so that flags are right. */
  const through = (contactId: string, modules: readonly string[]) =>
    ingest(
      modules.map((module_slug, index) => ({
        eventName: moduleCompleted.name,
        contactIdentifier: { contactId },
        payload: { module_slug, ts: onDay(index + 1) },
      })),
    );
  /** Completed without the service, so that flags are missing. */
  const around = async (contactId: string, modules: readonly string[]) => {
    for (const [index, slug] of modules.entries())
      await store.addFacts(contactId, { type: "module", slug }, { completedAt: onDay(index + 1) });
  };
  const flag = (contactId: string, slug: string, day: number, catalogVersion: string) => {
    const times = { completedAt: onDay(day), recordedAt: onDay(day) };
    const flagged = { ...times, completionSource: "inferred" as const, catalogVersion };
    return store.setFlag(contactId, { type: "course", slug }, flagged, undefined);
  };

  // Right: nothing to do.
  await through("1001", lab);
  await through("1002", [...support, ...clinic, "finding-your-way-around", "shadowing-a-support-shift"]);
  await through("1003", lab.slice(0, 2));
  for (let number = 1010; number < 1100; number++) await through(String(number), lab.slice(0, (number % 4) + 1));
  // Flags are missing: of a course; of two courses, and so of the pathway that needs them.
  await around("2001", lab);
  await around("2002", [...support, ...clinic, "finding-your-way-around", "shadowing-a-support-shift"]);
  // A flag that the facts do not support: one of the course's modules is missing.
  await around("3001", ["recording-changes-with-git", "reviewing-a-change"]);
  await flag("3001", "git-for-network-teams", 2, "an-older-version");
  // A flag with the wrong time; and one that an older catalog gave, and that therefore keeps its time.
  await around("4001", clinic);
  await flag("4001", "troubleshooting-clinic", 20, catalog.version);
  await around("4002", clinic);
  await flag("4002", "troubleshooting-clinic", 20, "an-older-version");
  // Bad data: a date that is none.
  await store.addFacts("5001", { type: "module", slug: "reviewing-a-change" }, { completedAt: "last week" });
}

const dataDir = mkdtempSync(join(tmpdir(), "waymark-example-"));
try {
  Object.assign(process.env, { STORE: "embedded", DATA_DIR: dataDir, TABLE_PREFIX: "example" });
  const environment = readEnvironment();
  const loaded = loadContent(environment.contentDir);
  if (!loaded.ok) throw new Error(`The content in ${environment.contentDir} is faulty: run npm run check-content`);

  const opened = await openStore(environment);
  await opened.prepare();
  await addLearners(opened.connect("page").store, loaded.catalog);
  await opened.close();

  const outputDir = join(dataDir, "runs");
  const exitCode = await runBackfillCommand({
    on: "here",
    dryRun: true,
    contactId: undefined,
    batchSize: 50,
    skipSynced: true,
    segments: 4,
    concurrency: 32,
    revoke: true,
    outputDir,
    force: false,
    verbose: true,
  });
  rmSync(EXAMPLE, { recursive: true, force: true });
  cpSync(join(outputDir, readdirSync(outputDir)[0] as string), EXAMPLE, { recursive: true });
  console.log(`They are also in ${EXAMPLE}. The exit code is ${exitCode}: one learner's data are bad.`);
  process.exitCode = exitCode === 1 ? 0 : 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
