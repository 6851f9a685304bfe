import content from "waymark:content";
import { type APIGatewayProxyResult, handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { unpackCatalog } from "../catalog/catalog.ts";
import { catalogSource } from "../service/catalog-source.ts";
import { Deletions } from "../service/deletions.ts";
import { EnvironmentError, readEnvironment } from "../service/environment.ts";
import { createIngest } from "../service/ingest.ts";
import { createLog } from "../service/logger.ts";
import { createClient } from "../store/client.ts";
import { createStore } from "../store/store.ts";
import { tableNames } from "../store/tables.ts";

const { store: target, tablePrefix, region, hasCredentials, logLevel } = readEnvironment();
if (target.kind === "embedded")
  throw new EnvironmentError(["STORE: a Lambda has no disk to embed a store in; set STORE=aws"]);

const log = createLog({ logLevel });
const endpoint = target.kind === "endpoint" ? target.address : undefined;
const store = createStore(createClient({ endpoint, region, hasCredentials }), tableNames(tablePrefix));
const bundled = unpackCatalog(content);
const catalog = catalogSource(bundled, () => ({ ok: true, catalog: bundled }));

const deletions = new Deletions({ store, log });
deletions.start();

const ingest = createIngest({ store, catalog, deletions, log });
const answer = handle(createApp({ store, catalog, deletions, ingest }, log));

/** Answers API Gateway HTTP API events (payload 2.0) and Function URL events. */
export const handler = (event: LambdaEvent, context: LambdaContext): Promise<APIGatewayProxyResult> => {
  const method = "http" in event.requestContext ? event.requestContext.http.method : "";
  // A body beside a GET is odd but harmless; the adapter's Request would refuse to carry it.
  return answer(method === "GET" || method === "HEAD" ? { ...event, body: null } : event, context);
};
