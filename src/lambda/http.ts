import type { Context } from "aws-lambda";
import { type APIGatewayProxyResult, handle, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { createAuthenticate } from "../api/authenticate.ts";
import { Deletions } from "../service/deletions.ts";
import { type Environment, EnvironmentError, readEnvironment, type TokenIssuer } from "../service/environment.ts";
import { createIngest } from "../service/ingest.ts";
import { createLog } from "../service/logger.ts";
import { createMetrics } from "../service/metrics.ts";
import { ANSWER_WAIT_MS, openLambdaCatalog, START_WAIT_MS } from "./catalog.ts";
import { openLambdaStore, storeFaults } from "./lambda-store.ts";

const environment = readEnvironment();
const authenticate = createAuthenticate(issuerOf(environment));
const [log, metrics] = [createLog(environment), createMetrics(environment)];
const store = openLambdaStore(environment);
const deletions = new Deletions({ store, log });
deletions.start();
const catalog = openLambdaCatalog(environment, log, metrics);
await catalog.freshen(START_WAIT_MS);
// Node loads what is behind fetch at its first use, which takes longer than all else in a first request: better now,
// while the function has a whole processor, than then.
new Response();

const ingest = createIngest({ store, catalog, deletions, log });
const { allowedOrigins } = environment;
const app = createApp(
  { store, catalog, deletions, ingest },
  { log, metrics, authenticate, allowedOrigins, isOpen: false },
);
const answer = handle(app);

/** Answers API Gateway HTTP API events (payload 2.0) and Function URL events. */
export const handler = async (event: LambdaEvent, context: Context): Promise<APIGatewayProxyResult> => {
  log.addContext(context);
  const method = "http" in event.requestContext ? event.requestContext.http.method : "";
  // A body beside a GET is odd but harmless; the adapter's Request would refuse to carry it.
  const [result] = await Promise.all([
    answer(method === "GET" || method === "HEAD" ? { ...event, body: null } : event, context),
    catalog.freshen(ANSWER_WAIT_MS),
  ]);
  return result;
};

/** @throws EnvironmentError that names all that is missing */
function issuerOf(environment: Environment): TokenIssuer {
  const { tokenIssuer } = environment;
  const faults = storeFaults(environment);
  if (tokenIssuer === undefined)
    faults.push("AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS: without them anyone could send and read; set all three");
  if (faults.length > 0) throw new EnvironmentError(faults);
  return tokenIssuer as TokenIssuer;
}
