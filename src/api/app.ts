import { Hono } from "hono";
import { AppError } from "../model/errors.ts";
import { errorDetails, type Log } from "../service/log.ts";
import { ROUTES, type Services } from "./routes.ts";
import { problemJson } from "./wire.ts";

const RETRY_AFTER_SECONDS = 2;

/** The HTTP application: the same object answers on Lambda and on a development machine. */
export function createApp(services: Services, log: Log): Hono {
  const app = new Hono({ strict: false });

  for (const [method, path, handler] of ROUTES) app.on(method, [path], (context) => handler(context, services));

  // A path that is known answers every other method with what it does take.
  for (const [path, methods] of methodsByPath())
    app.all(path, (context) =>
      problem(new AppError("METHOD_NOT_ALLOWED", `${context.req.method} is not for this path; ${methods} is.`), {
        Allow: methods,
      }),
    );

  app.notFound(({ req }) => problem(new AppError("NOT_FOUND", `There is nothing at ${req.path.slice(0, 200)}.`)));
  app.onError((error) => {
    const known =
      error instanceof AppError
        ? error
        : new AppError("INTERNAL_ERROR", "The request could not be answered.", { cause: error });
    if (known.status >= 500) log.error("Request failed", { code: known.code, ...errorDetails(known) });
    return problem(known, known.status === 503 ? { "Retry-After": String(RETRY_AFTER_SECONDS) } : {});
  });
  return app;
}

const problem = (error: AppError, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(problemJson(error)), {
    status: error.status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

function methodsByPath(): Map<string, string> {
  const methods = new Map<string, string>();
  for (const [method, path] of ROUTES)
    methods.set(path, [methods.get(path), method === "GET" ? "GET, HEAD" : method].filter(Boolean).join(", "));
  return methods;
}
