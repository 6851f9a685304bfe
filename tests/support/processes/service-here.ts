import { startServer } from "../../../src/local/server.ts";
import { readEnvironment } from "../../../src/process/environment.ts";
import type { Log } from "../../../src/process/log.ts";
import { atFileEnd } from "../vitest/file-end.ts";
import { watchOutput } from "../vitest/secrets.ts";
import type { Variables } from "./launch-service.ts";
import { request, type Service, temporaryFolder } from "./service.ts";

/** A service that shares its process with the tests: it prints nothing, and cannot be killed. */
export type ServiceHere = Pick<Service, "url" | "get" | "post"> & { close(): Promise<void> };

/**
 * Starts the service inside this process, by default with an embedded store in a new folder; gone when the test file is
 * over. Callers reach it over HTTP as any other; its start, its log and its end are tried with `startService`.
 */
export async function startServiceHere(variables: Variables): Promise<ServiceHere> {
  let logged = "";
  const write = (message: string, details = {}) => {
    logged += `${message} ${JSON.stringify(details)}\n`;
  };
  const log: Log = { debug: write, info: write, warn: write, error: write };
  watchOutput(() => logged);
  const given = { PORT: "0", ...variables, DATA_DIR: variables.DATA_DIR ?? temporaryFolder() };
  const { url, close } = await startServer(readEnvironment(given), log);
  let closed: Promise<void> | undefined;
  const closeOnce = () => {
    closed ??= close();
    return closed;
  };
  atFileEnd(closeOnce);
  return {
    url,
    get: (path, headers = {}) => request(url, path, { headers }),
    post: (body, headers = {}) =>
      request(url, "/events/track", {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    close: closeOnce,
  };
}
