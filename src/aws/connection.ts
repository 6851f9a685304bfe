import { NodeHttpHandler, type NodeHttpHandlerOptions } from "@smithy/node-http-handler";

/** Where a service of AWS is, or what stands in for it. Without credentials of its own an endpoint gets made-up ones. */
export type Place = { endpoint?: string | undefined; region?: string | undefined; hasCredentials?: boolean };

const CONNECT_TIMEOUT_MS = 1_000;

/** How a client finds its service, and how long it waits for it. @param requestTimeout milliseconds */
export const connectionTo = (
  { endpoint, region, hasCredentials = false }: Place,
  requestTimeout: number,
  more: NodeHttpHandlerOptions = {},
) => ({
  requestHandler: new NodeHttpHandler({
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout,
    throwOnRequestTimeout: true,
    ...more,
  }),
  ...(region !== undefined && { region }),
  ...(endpoint !== undefined && { endpoint }),
  ...(endpoint !== undefined && !hasCredentials && { credentials: { accessKeyId: "local", secretAccessKey: "local" } }),
});
