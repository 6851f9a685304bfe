import type { Context } from "aws-lambda";
import { type APIGatewayProxyResult, handle, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { createAuthenticate } from "../api/authenticate.ts";
import type { ClientFiles } from "../api/client-file.ts";
import { DEFAULT_CALLER_LIMITS } from "../process/caller-limits.ts";
import { readEnvironment, type TokenIssuer } from "../process/environment.ts";
import { versionKeeper } from "../service/catalog/keep-versions.ts";
import { createIngest } from "../service/ingest/ingest.ts";
import { ANSWER_WAIT_MS, START_WAIT_MS } from "./catalog.ts";
import { openLambda } from "./open-lambda.ts";
import { startOrEnd } from "./start-or-end.ts";

const unsafe =
  "AUTH_ISSUER, AUTH_JWKS, and AUTH_AUDIENCE or AUTH_CLIENT_IDS: without them anyone could send and read; set all three";
const { environment, log, metrics, store, catalog, authenticate } = startOrEnd(() => {
  const environment = readEnvironment();
  const opened = openLambda(environment, environment.tokenIssuer ? [] : [unsafe]);
  return { environment, ...opened, authenticate: createAuthenticate(environment.tokenIssuer as TokenIssuer) };
});
const { tokenIssuer, allowedOrigins } = environment;
await catalog.freshen(START_WAIT_MS);
const ingest = createIngest({ store, catalog, log });
const keepVersion = versionKeeper({ store, catalog, log });
// Both are in files of their own, which nobody reads until they are asked for.
const openApi = async () => (await import("waymark:openapi")).default;
let files: Promise<ClientFiles> | undefined;
const client = (): Promise<ClientFiles> => {
  files ??= import("waymark:client").then(({ default: text }) => JSON.parse(text) as ClientFiles);
  return files;
};
const app = createApp(
  { store, catalog, ingest, openApi, client },
  {
    log,
    metrics,
    authenticate,
    cookie: tokenIssuer?.cookie,
    learnerClaim: tokenIssuer?.learnerClaim,
    allowedOrigins,
    isOpen: false,
    hasPages: environment.hasPages,
    callerLimits: environment.callerLimits ?? DEFAULT_CALLER_LIMITS,
  },
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
    keepVersion(),
  ]);
  return result;
};
