import type { Server } from "node:http";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

type Request = { method: string; path: string; headers: Record<string, string>; body?: string | Uint8Array };
type Answer = { response: { statusCode: number; headers: Record<string, string>; body: Uint8Array } };

/** What a signature is to dynalite, which does not look whether it is right. */
const SIGNATURE = {
  authorization: "AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=none",
  "x-amz-date": "20260101T000000Z",
};

/** What signs a request, and what tells a server of the client, its host and its caller. */
const FOR_THE_NETWORK = [
  "httpSigningMiddleware",
  "getUserAgentMiddleware",
  "hostHeaderMiddleware",
  "recursionDetectionMiddleware",
];

/**
 * Lets a client ask a store that runs in this process by a call: sockets and signatures take more of the processor's
 * time than what the store does. That requests come through a network is tried by all that starts a service.
 */
export function askWithoutNetwork({ config, middlewareStack }: DynamoDBDocumentClient, server: Server): void {
  for (const name of FOR_THE_NETWORK) middlewareStack.remove(name);
  config.requestHandler = {
    handle: (request: Request) => answerOf(server, request),
    metadata: { handlerProtocol: "http/1.1" },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  } as unknown as typeof config.requestHandler;
}

function answerOf(server: Server, { method, path: url, headers, body = "" }: Request): Promise<Answer> {
  return new Promise((done, failed) => {
    const listeners: Record<string, (chunk?: Buffer) => void> = {};
    const told: Record<string, string> = {};
    const incoming = {
      method,
      url,
      headers: { ...headers, ...SIGNATURE },
      on: (event: string, listener: () => void) => {
        listeners[event] = listener;
      },
      removeAllListeners: () => {},
    };
    const outgoing = {
      statusCode: 200,
      setHeader: (name: string, value: unknown) => {
        told[name.toLowerCase()] = String(value);
      },
      end: (text = "") =>
        done({ response: { statusCode: outgoing.statusCode, headers: told, body: new TextEncoder().encode(text) } }),
    };
    server.emit("request", incoming, outgoing);
    // As with a network, nothing is answered before the caller has gone on.
    setImmediate(() => {
      listeners.data?.(
        typeof body === "string" ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length),
      );
      // What has been closed answers nobody any more, and a lease may still be renewed then.
      if (server.listening) listeners.end?.();
      else failed(Object.assign(new Error("The store has been closed"), { code: "ECONNREFUSED" }));
    });
  });
}
