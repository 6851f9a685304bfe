import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createApp, type Edge } from "../api/app.ts";
import { createAuthenticate, createOpenAuthenticate } from "../api/authenticate.ts";
import { countsOf } from "../catalog/catalog.ts";
import { openCatalog } from "../commands/open-catalog.ts";
import { openStore } from "../commands/open-store.ts";
import { cannotOpen, StartError } from "../commands/start-error.ts";
import type { Environment } from "../process/environment.ts";
import type { Log } from "../process/log.ts";
import { noMetrics } from "../process/metrics.ts";
import { versionKeeper } from "../service/catalog/keep-versions.ts";
import { createIngest } from "../service/ingest/ingest.ts";
import { builtClient } from "./build-client.ts";
import { localIssuer } from "./local-issuer.ts";

const HOST = "127.0.0.1";
/** Where the commands leave the files of their runs, if they are not told otherwise. */
const RUN_FOLDER = "verification-output";
/** How long a request may still take when the service stops. */
const GRACE_MS = 10_000;

export type LocalServer = { url: string; banner: string; close(): Promise<void> };

/** Starts the service on this machine, open to it alone. @throws StartError */
export async function startServer(environment: Environment, log: Log): Promise<LocalServer> {
  const content = await openCatalog(environment, log);
  const opened = await openStore(environment).catch(cannotOpen);
  const { store, durable } = opened.connect("page");
  let callers: Callers;
  try {
    await opened.prepare().catch(cannotOpen);
    callers = await callersOf(environment);
    // A store that cannot be read is better known now than with the first event.
    await store.identity("").catch(cannotOpen);
  } catch (error) {
    await opened.close();
    throw error;
  }

  const catalog = content.source;
  const ingest = createIngest({ store, catalog, log });
  const keepVersion = versionKeeper({ store, catalog, log });
  await keepVersion();
  const app = createApp(
    { store, catalog, ingest, openApi: madeOnce, client: builtClient, runFolder: RUN_FOLDER },
    {
      log,
      metrics: noMetrics,
      ...callers,
      allowedOrigins: environment.allowedOrigins,
      hasPages: environment.hasPages ?? true,
      callerLimits: environment.callerLimits,
      durable,
    },
  );
  const server = createAdaptorServer({
    fetch(request, bindings) {
      content.freshen();
      void keepVersion();
      return app.fetch(request, bindings);
    },
  }) as Server;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });

  const close = async () => {
    content.close();
    const closed = new Promise<void>((done) => server.close(() => done()));
    // What is in flight is answered; connections that only wait are not worth waiting for. One over which nothing ever
    // came, which browsers open ahead of need, does not count as idle.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const deadline = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(deadline);
    await opened.close();
  };

  try {
    await new Promise<void>((done, failed) => server.once("error", failed).listen(environment.port, HOST, done));
  } catch (error) {
    await opened.close();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === "EADDRINUSE" ? `Port ${environment.port} is taken. Set PORT to another one, or to 0 for any.` : message,
    );
  }

  content.watch();
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  const { pathways, courses, modules } = countsOf(catalog.current());
  const banner = [
    `Waymark listens at ${url}`,
    `  catalog  ${catalog.current().version}: ${pathways} pathways, ${courses} courses, ${modules} modules, from ${content.description}`,
    `  store    ${opened.description}`,
    `  callers  ${callers.description}`,
  ].join("\n");
  return { url, banner, close };
}

let openApi: Promise<string> | undefined;
/** The OpenAPI document, made when it is first asked for. */
function madeOnce(): Promise<string> {
  openApi ??= import("../api/openapi-text.ts").then(({ openApiText }) => openApiText());
  return openApi;
}

type Callers = Pick<Edge, "authenticate" | "cookie" | "learnerClaim" | "isOpen"> & { description: string };

/** Every caller's token is verified where an issuer is named; else the service is open, and only looks at tokens that are sent. */
async function callersOf({ tokenIssuer, dataDir }: Environment): Promise<Callers> {
  if (tokenIssuer)
    return {
      authenticate: createAuthenticate(tokenIssuer),
      cookie: tokenIssuer.cookie,
      learnerClaim: tokenIssuer.learnerClaim,
      isOpen: false,
      description: `with a token of ${tokenIssuer.issuer} for ${tokenIssuer.audience ?? tokenIssuer.clientIds?.join(", ")}`,
    };
  const issuer = await localIssuer(dataDir);
  return {
    authenticate: createOpenAuthenticate(issuer),
    isOpen: true,
    description: "OPEN: anyone on this machine may do everything. npm run token -- --learner=123 makes a token to try",
  };
}
