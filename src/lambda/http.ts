import content from "waymark:content";
import type { Context } from "aws-lambda";
import { type APIGatewayProxyResult, handle, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { createAuthenticate } from "../api/authenticate.ts";
import { unpackCatalog } from "../catalog/catalog.ts";
import { catalogSource } from "../service/catalog-source.ts";
import { Deletions } from "../service/deletions.ts";
import { EnvironmentError, readEnvironment } from "../service/environment.ts";
import { createIngest } from "../service/ingest.ts";
import { createLog } from "../service/logger.ts";
import { createMetrics } from "../service/metrics.ts";
import { createClient } from "../store/client.ts";
import { meterUsage } from "../store/meter.ts";
import { createStore } from "../store/store.ts";
import { tableNames } from "../store/tables.ts";

const environment = readEnvironment();
const { store: target, tablePrefix, region, hasCredentials, tokenIssuer, allowedOrigins } = environment;
if (target.kind === "embedded")
  throw new EnvironmentError(["STORE: a Lambda has no disk to embed a store in; set STORE=aws"]);
if (tokenIssuer === undefined)
  throw new EnvironmentError([
    "AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS: without them anyone could send and read; set all three",
  ]);

const log = createLog(environment);
const endpoint = target.kind === "endpoint" ? target.address : undefined;
const client = createClient({ endpoint, region, hasCredentials });
meterUsage(client);
const store = createStore(client, tableNames(tablePrefix));
const bundled = unpackCatalog(content);
const catalog = catalogSource(bundled, () => ({ ok: true, catalog: bundled }));

const deletions = new Deletions({ store, log });
deletions.start();

const ingest = createIngest({ store, catalog, deletions, log });
const authenticate = createAuthenticate(tokenIssuer);
const edge = { log, metrics: createMetrics(environment), authenticate, allowedOrigins, isOpen: false };
const answer = handle(createApp({ store, catalog, deletions, ingest }, edge));

/** Answers API Gateway HTTP API events (payload 2.0) and Function URL events. */
export const handler = (event: LambdaEvent, context: Context): Promise<APIGatewayProxyResult> => {
  log.addContext(context);
  const method = "http" in event.requestContext ? event.requestContext.http.method : "";
  // A body beside a GET is odd but harmless; the adapter's Request would refuse to carry it.
  return answer(method === "GET" || method === "HEAD" ? { ...event, body: null } : event, context);
};
