import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Issuer } from "../../support/builders/tokens.ts";

export type Lms = {
  port: number;
  url: string;
  /** Why tokens were asked for, in order, by learner. */
  tokens: { learner: string; why: string }[];
  /** Makes the next first token one that has expired. */
  firstIsExpired: boolean;
  close(): Promise<void>;
};

const SCRIPTS: Record<string, URL> = {
  "/app.js": new URL("app.js", import.meta.url),
  "/fake-course.js": new URL("fake-course.js", import.meta.url),
};

const page = (body: string) => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>A page of lessons</title>
  <link rel="stylesheet" href="/lms.css"><link rel="icon" href="data:,"></head>
  <body><main><h1>Lessons</h1>${body}</main></body>
</html>`;

const ELEMENTS = `<script src="/fake-course.js" type="module"></script><script type="module" src="/app.js"></script>
<div id="elements"></div>`;
const CSS = `body { font: 1rem/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 40rem; padding: 0 1rem }
waymark-progress, waymark-course, waymark-missing, waymark-badge { margin-block: 1rem }`;

/** What strict pages send: no script and no style but from files. */
const policyFor = (gate: string) =>
  `default-src 'none'; script-src 'self' ${gate}; connect-src 'self' ${gate}; style-src 'self'; img-src data:; frame-src 'self'`;

/** The pages of a learning platform, and the place that gives their learners tokens. */
export async function openLms(issuer: Issuer, gate: string): Promise<Lms> {
  const server = createServer(async ({ url = "/", headers }, response) => {
    const { pathname, searchParams } = new URL(url, "http://lms");
    const learner = searchParams.get("learner") ?? "";
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (pathname === "/token") {
      const why = searchParams.get("why") ?? "";
      lms.tokens.push({ learner, why });
      const isExpired = why === "first" && lms.firstIsExpired;
      response.end(await issuer.mint({ sub: learner, ...(isExpired && { exp: Math.floor(Date.now() / 1_000) - 60 }) }));
    } else if (SCRIPTS[pathname]) {
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" });
      response.end(readFileSync(SCRIPTS[pathname]));
    } else if (pathname === "/lms.css") {
      response.writeHead(200, { "Content-Type": "text/css" }).end(CSS);
    } else {
      const at = new URL(gate);
      const origins = `${gate} http://${headers.host?.split(":")[0]}:${at.port}`;
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Content-Security-Policy", policyFor(origins));
      const frame = `<iframe title="lesson" sandbox="allow-scripts" src="/?${searchParams}"></iframe>`;
      const bodies: Record<string, string> = { "/": ELEMENTS, "/frame": frame };
      response.end(page(bodies[pathname] ?? "<p>Nothing of Waymark here.</p>"));
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const lms: Lms = {
    port,
    url: `http://127.0.0.1:${port}`,
    tokens: [],
    firstIsExpired: false,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return lms;
}
