import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

const PREFLIGHT_SECONDS = 7_200;

/** Lets pages of some origins call from a browser, and read the answers. */
export function allowOrigins(origins: readonly string[], isAllowed: (origin: string) => boolean): MiddlewareHandler {
  const anyOrigin = origins.includes("*");
  const allow = cors({
    origin: anyOrigin ? "*" : (origin) => (isAllowed(origin) ? origin : null),
    // A beacon always goes with credentials, and `*` would not allow them; a cookie counts from named origins alone.
    credentials: !anyOrigin,
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "If-None-Match"],
    // A page's own clock is corrected by the Date.
    exposeHeaders: ["Date", "ETag", "Retry-After", "WWW-Authenticate", "X-Request-Id"],
    maxAge: PREFLIGHT_SECONDS,
  });
  // Only browsers send an origin; whoever sends none is answered as ever, OPTIONS included.
  return (context, next) => (context.req.header("origin") === undefined ? next() : allow(context, next));
}
