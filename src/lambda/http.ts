import content from "waymark:content";
import { handle } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { parseContent } from "../catalog/load.ts";
import { RULES } from "../completion/rules/index.ts";
import { catalogSource } from "../service/catalog-source.ts";
import { EnvironmentError, readEnvironment } from "../service/environment.ts";
import { createIngest } from "../service/ingest.ts";
import { createLog } from "../service/logger.ts";
import { createClient } from "../store/client.ts";
import { createStore } from "../store/store.ts";
import { tableNames } from "../store/tables.ts";

const { store: target, tablePrefix, region, hasCredentials, logLevel } = readEnvironment();
if (target.kind === "embedded")
  throw new EnvironmentError(["STORE: a Lambda has no disk to embed a store in; set STORE=aws"]);

const loaded = parseContent(JSON.parse(content), RULES);
if (!loaded.ok) throw new Error(`The bundled content is faulty: ${JSON.stringify(loaded.faults)}`);

const log = createLog({ logLevel });
const endpoint = target.kind === "endpoint" ? target.address : undefined;
const store = createStore(createClient({ endpoint, region, hasCredentials }), tableNames(tablePrefix));
const catalog = catalogSource(loaded.catalog, () => loaded);

/** Answers API Gateway HTTP API events (payload 2.0) and Function URL events. */
export const handler = handle(createApp({ store, catalog, ingest: createIngest({ store, catalog, log }) }, log));
