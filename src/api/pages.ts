import { Hono } from "hono";
import { type ClientSource, clientFile } from "./client-file.ts";

/** The sample LMS, by path. It is no part of the interface, and so no row of the routes. */
const PAGES = { "/": "text/html", "/lms.css": "text/css", "/lms.js": "text/javascript" };

/** Nothing runs or is drawn here that this service did not serve, and no other page shows this one inside its own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What somebody sees who opens the service's address. */
export function pages(client: ClientSource): Hono {
  const app = new Hono();
  for (const [path, type] of Object.entries(PAGES))
    app.get(path, async (context) => {
      context.header("Content-Security-Policy", POLICY);
      context.header("Referrer-Policy", "no-referrer");
      const answer = await clientFile(path, type)(context, { client });
      // They change with the service, and a browser is to ask.
      answer.headers.set("Cache-Control", "no-cache");
      return answer;
    });
  return app;
}
