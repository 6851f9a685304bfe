import { createServer, type IncomingMessage, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { isLoopback } from "../process/loopback.ts";

/** Longer than a client keeps an idle connection, so that none is cut under a request. */
const KEEP_ALIVE_MS = 120_000;

export type LocalDynamoDb = { endpoint: string; close(): Promise<void> };

/**
 * A DynamoDB in memory (dynalite), for this machine's programs alone: it looks at no signature, so whatever comes from a
 * page in a browser is refused.
 */
export async function startLocalDynamoDb(): Promise<LocalDynamoDb> {
  const { default: dynalite } = await import("dynalite");
  endIterators();
  const inner = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const server = createServer((request, response) => {
    if (isFromProgram(request)) return inner.emit("request", request, response);
    request.resume();
    response.writeHead(403, { "Content-Type": "text/plain" }).end("This store is not for pages.\n");
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const endpoint = await listen(server);
  return {
    endpoint,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

/**
 * Browsers say where a page's request comes from; and a page whose name was made to lead to this machine says its own
 * name as the host.
 */
const isFromProgram = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined && headers["sec-fetch-site"] === undefined && isLoopback(`http://${headers.host}`);

const listen = (server: Server): Promise<string> =>
  new Promise((done, failed) =>
    server
      .once("error", failed)
      .listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );

type Iterator = { close(): Promise<void>; return?: () => Promise<void> };

/**
 * Dynalite ends the iterator of each Query by `return`, which iterators of the level that it comes with do not have, and
 * so keeps every one: some 15 KB for each Query, for as long as the service runs.
 */
function endIterators(): void {
  const level = createRequire(createRequire(import.meta.url).resolve("dynalite"))("abstract-level");
  for (const name of ["AbstractIterator", "AbstractKeyIterator", "AbstractValueIterator"]) {
    const iterator: Iterator | undefined = level[name]?.prototype;
    if (iterator === undefined) continue;
    iterator.return ??= function (this: Iterator) {
      return this.close();
    };
  }
}
