import { type APIGatewayProxyResult, handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { EnvironmentError, readEnvironment } from "../service/environment.ts";
import { createIngest } from "../service/ingest.ts";
import { createLog } from "../service/logger.ts";
import { createClient } from "../store/client.ts";
import { createStore } from "../store/store.ts";
import { tableNames } from "../store/tables.ts";
import { ANSWER_WAIT_MS, openLambdaCatalog, START_WAIT_MS } from "./catalog.ts";

const environment = readEnvironment();
const { store: target, tablePrefix, region, hasCredentials, logLevel } = environment;
if (target.kind === "embedded")
  throw new EnvironmentError(["STORE: a Lambda has no disk to embed a store in; set STORE=aws"]);

const log = createLog({ logLevel });
const endpoint = target.kind === "endpoint" ? target.address : undefined;
const store = createStore(createClient({ endpoint, region, hasCredentials }), tableNames(tablePrefix));
const catalog = openLambdaCatalog(environment, log);
await catalog.freshen(START_WAIT_MS);
// Node loads what is behind fetch at its first use, which takes longer than all else in a first request: better now,
// while the function has a whole processor, than then.
new Response();

const answer = handle(createApp({ store, catalog, ingest: createIngest({ store, catalog, log }) }, log));

/** Answers API Gateway HTTP API events (payload 2.0) and Function URL events. */
export const handler = async (event: LambdaEvent, context: LambdaContext): Promise<APIGatewayProxyResult> => {
  const method = "http" in event.requestContext ? event.requestContext.http.method : "";
  // A body beside a GET is odd but harmless; the adapter's Request would refuse to carry it.
  const [result] = await Promise.all([
    answer(method === "GET" || method === "HEAD" ? { ...event, body: null } : event, context),
    catalog.freshen(ANSWER_WAIT_MS),
  ]);
  return result;
};
