import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "../../src/api/app.ts";
import { ANYONE } from "../../src/api/caller.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { createLog } from "../../src/process/logger.ts";
import { noMetrics } from "../../src/process/metrics.ts";
import { fixedCatalog } from "../../src/service/catalog/catalog-source.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { createIngest } from "../../src/service/ingest/ingest.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { singles } from "./embedded-load.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

// What the service costs without its engine and its store: the same app parses the body, and answers every event with
// what the first one came to.
const environment = readEnvironment();
const loaded = loadContent(environment.contentDir);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
const catalog = fixedCatalog(loaded.catalog);
const log = createLog(environment);

const results = await withTemporaryFolder(async (folder) => {
  const opened = await openSqliteStore(folder);
  const ingest = createIngest({ store: opened.connect("page").store, catalog, log });
  const first = await ingest([JSON.parse(String(singles(1)[0]))]);
  await opened.close();
  return first;
});

const unused = () => Promise.reject(new Error("Not asked for"));
const app = createApp(
  { store: {} as never, catalog, ingest: async () => results, openApi: unused, client: unused },
  { log, metrics: noMetrics, authenticate: async () => ANYONE, allowedOrigins: [], isOpen: true },
);
const server = createAdaptorServer({ fetch: app.fetch });
server.listen(0, "127.0.0.1", () =>
  console.log(`It listens at http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
process.once("SIGTERM", () => process.exit(0));
