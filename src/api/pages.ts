import { Hono } from "hono";
import { escaped } from "../model/escaped.ts";
import { type ClientSource, clientFile } from "./client-file.ts";
import { ASK_AGAIN, PAGE_HEADERS, TOOLS } from "./site-files.ts";

// Pages are no part of the interface, and so no rows of the routes.

/** The sample LMS, by path. */
const SAMPLE = { "/": "text/html", "/lms.css": "text/css", "/lms.js": "text/javascript" };
type Files = Readonly<Record<string, string>>;

function serve(files: Files, client: ClientSource): Hono {
  const app = new Hono();
  for (const [path, type] of Object.entries(files))
    app.get(path, async (context) => {
      for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
      const answer = await clientFile(path, type)(context, { client });
      answer.headers.set("Cache-Control", ASK_AGAIN);
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
