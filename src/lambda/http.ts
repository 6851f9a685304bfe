import type { Context } from "aws-lambda";
import { type APIGatewayProxyResult, handle, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { createAuthenticate } from "../api/authenticate.ts";
import { readEnvironment, type TokenIssuer } from "../process/environment.ts";
import { createIngest } from "../service/ingest/ingest.ts";
import { ANSWER_WAIT_MS, START_WAIT_MS } from "./catalog.ts";
import { openLambda } from "./open-lambda.ts";

const environment = readEnvironment();
const { tokenIssuer, allowedOrigins } = environment;
const unsafe = "AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS: without them anyone could send and read; set all three";
const { log, metrics, store, deletions, catalog } = openLambda(environment, tokenIssuer ? [] : [unsafe]);
const authenticate = createAuthenticate(tokenIssuer as TokenIssuer);
await catalog.freshen(START_WAIT_MS);
// Node loads what is behind fetch at its first use, which takes longer than all else in a first request: better now,
// while the function has a whole processor, than then.
new Response();

const ingest = createIngest({ store, catalog, deletions, log });
const app = createApp(
  { store, catalog, deletions, ingest, client: () => import("waymark:client").then((files) => files.default) },
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
