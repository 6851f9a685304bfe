import { Hono } from "hono";
import { escaped } from "../model/escaped.ts";
import { type ClientSource, clientFile } from "./client-file.ts";

// Pages are no part of the interface, and so no rows of the routes.

/** The sample LMS, by path. */
const SAMPLE = { "/": "text/html", "/lms.css": "text/css", "/lms.js": "text/javascript" };
/** The operator's pages, and the page of the OpenAPI document. */
const TOOLS = {
  "/api": "text/html",
  "/api.css": "text/css",
  "/operator": "text/html",
  "/operator.css": "text/css",
  "/operator.js": "text/javascript",
};

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

type Files = Readonly<Record<string, string>>;

function serve(files: Files, client: ClientSource): Hono {
  const app = new Hono();
  for (const [path, type] of Object.entries(files))
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

/**
 * What somebody sees who opens the service's address.
 * @param learnerClaim the claim of a token that names the learner: the page reads it too
 */
export const samplePages = (client: ClientSource, learnerClaim = "sub"): Hono =>
  serve(SAMPLE, async () => {
    const files = await client();
    return {
      ...files,
      "/": (files["/"] ?? "").replace(
        'data-learner-claim="sub"',
        () => `data-learner-claim="${escaped(learnerClaim)}"`,
      ),
    };
  });

/** For operators and for who writes programs. A navigation carries no token, and so the pages need none; their data do. */
export const toolPages = (client: ClientSource): Hono => serve(TOOLS, client);
