import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError, isWorthRetrying } from "../model/errors.ts";
import type { CallerLimits } from "../process/caller-limits.ts";
import { errorDetails, type Log } from "../process/log.ts";
import { isLoopback } from "../process/loopback.ts";
import type { Metrics } from "../process/metrics.ts";
import type { Authenticate } from "./authenticate.ts";
import { type Caller, learnerIn, permit } from "./caller.ts";
import { createCallerGate } from "./caller-gate.ts";
import { allowOrigins } from "./cors.ts";
import { fitLists } from "./fit-lists.ts";
import { jsonAnswer } from "./json-answer.ts";
import { admitCaller, chargeCallers } from "./limit-callers.ts";
import { samplePages, toolPages } from "./pages.ts";
import { PROBLEMS } from "./problems.ts";
import { protectAnswers } from "./protect-answers.ts";
import { checkParameters } from "./query.ts";
import { logRequests, note } from "./request-log.ts";
import type { Services } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { onlyFromThisMachine } from "./this-machine.ts";
import { bearerToken, cookieToken } from "./token.ts";
import { problemJson } from "./wire.ts";

const RETRY_AFTER_SECONDS = 2;

/** How the application meets the world. */
export type Edge = {
  log: Log;
  metrics: Metrics;
  authenticate: Authenticate;
  /** The cookie in which pages keep their token, if they do. */
  cookie?: string | undefined;
  /** The claim of a token that names the learner, if it is not `sub`. */
  learnerClaim?: string | undefined;
  /** Of pages that may call from a browser. */
  allowedOrigins: readonly string[];
  /** Whether callers need no token: then only this machine's own are answered. */
  isOpen: boolean;
  /** Whether pages are served: the sample LMS at `/` where this is true, the operator's pages unless it is false. */
  hasPages?: boolean | undefined;
  /** What each caller may ask of the store; without it, as much as they like. */
  callerLimits?: CallerLimits | undefined;
  /** Milliseconds, for the limits. */
  now?: (() => number) | undefined;
  /** Resolves once what was read and written so far outlives a loss of power; without it, it does already. */
  durable?: (() => Promise<void>) | undefined;
};

/** The HTTP application: the same object answers on Lambda and on a development machine. */
export function createApp(services: Services, edge: Edge): Hono {
  const { log, metrics, authenticate, cookie, learnerClaim, allowedOrigins, isOpen, hasPages, durable } = edge;
  const app = new Hono();
  const gate = createCallerGate(edge.callerLimits ?? {}, edge.now);
  const isAllowed = (origin: string) => allowedOrigins.includes(origin) || (isOpen && isLoopback(origin));

  app.use(logRequests(log, metrics));
  app.use(protectAnswers);
  app.use(allowOrigins(allowedOrigins, isAllowed));
  if (isOpen) app.use(onlyFromThisMachine((origin) => isAllowed(origin) || allowedOrigins.includes("*")));

  app.use(chargeCallers(gate));
  if (durable) app.use(answerWhenDurable(durable));

  if (hasPages) app.route("/", samplePages(services.client, learnerClaim));
  if (hasPages !== false) app.route("/", toolPages(services.client));

  for (const { method, path, access, query, handler } of ROUTES)
    app.on(method, [path], async (context) => {
      note(context, { route: path, learnerId: learnerIn(context.req.param("id")) });
      const authorization = context.req.header("authorization");
      let caller: Promise<Caller> | undefined;
      const verify = async (later?: string) => {
        const sent = bearerToken(authorization) ?? later;
        // What a page says itself goes before what its browser adds.
        const token = sent ?? (cookie === undefined ? undefined : cookieToken(context, cookie, allowedOrigins));
        const known = await authenticate(token);
        admitCaller(gate, context, known);
        permit(known, access, context.req.param("id"));
        return known;
      };
      const identify = (later?: string) => {
        caller ??= verify(later);
        return caller;
      };
      // A sender's token may come with the body.
      if (access !== "anyone" && (access !== "sender" || authorization?.trim())) await identify();
      checkParameters(context, query);
      return handler(context, services, identify);
    });

  const fail = (context: Context, error: AppError, headers: Record<string, string> = {}): Promise<Response> => {
    note(context, { code: error.code });
    const status = PROBLEMS[error.code].status as ContentfulStatusCode;
    return jsonAnswer(context, fitLists(problemJson(error)), { status, type: "application/problem+json", headers });
  };
  // A path that is known answers every other method with what it does take.
  for (const [path, methods] of methodsByPath())
    app.all(path, (context) => {
      note(context, { route: path });
      const refusal = new AppError("METHOD_NOT_ALLOWED", `${context.req.method} is not for this path; ${methods} is.`);
      return fail(context, refusal, { Allow: methods });
    });
  app.notFound((context) =>
    fail(context, new AppError("NOT_FOUND", `There is nothing at ${context.req.path.slice(0, 200)}.`)),
  );
  app.onError((error, context) => {
    const known =
      error instanceof AppError
        ? error
        : new AppError("INTERNAL_ERROR", "The request could not be answered.", { cause: error });
    if (isWorthRetrying(known.code)) log.error("Request failed", { code: known.code, ...errorDetails(known) });
    return fail(context, known, headersFor(known));
  });
  return app;
}

/**
 * An answer rests on what its request wrote, and on what it read of others, so that not even an event which wrote
 * nothing is answered sooner:
 *
 *   t1 event A is committed   t2 A comes again, is found to be known, and writes nothing   t3 the power fails
 */
const answerWhenDurable =
  (durable: () => Promise<void>): MiddlewareHandler =>
  async (_, next) => {
    await next();
    await durable();
  };

function headersFor({ code }: AppError): Record<string, string> {
  if (PROBLEMS[code].status === 503) return { "Retry-After": String(RETRY_AFTER_SECONDS) };
  if (code === "UNAUTHENTICATED") return { "WWW-Authenticate": "Bearer" };
  return {};
}

function methodsByPath(): Map<string, string> {
  const methods = new Map<string, string>();
  for (const { method, path } of ROUTES)
    methods.set(path, [methods.get(path), method === "GET" ? "GET, HEAD" : method].filter(Boolean).join(", "));
  return methods;
}
