import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isLoopback } from "../process/loopback.ts";

/** Longer than a client keeps an idle connection, so that none is cut under a request. */
const KEEP_ALIVE_MS = 120_000;

export type LocalDynamoDb = { endpoint: string; close(): Promise<void> };

/**
 * Listens for this machine's programs alone. An emulator looks at no signature, so whatever comes from a page in a
 * browser is refused.
 * @param answer the emulator
 */
export async function listenForPrograms(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalDynamoDb> {
  const server = createServer((request, response) => {
    if (isFromProgram(request)) return answer(request, response);
    request.resume();
    response.writeHead(403, { "Content-Type": "text/plain" }).end("This store is not for pages.\n");
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((done, failed) => server.once("error", failed).listen(0, "127.0.0.1", done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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
