import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** `drop`: it never reaches the service. `lose`: it does, but the answer is lost. `garbage`: somebody else answers. */
export type Fault =
  | "drop"
  | "lose"
  | "garbage"
  | { status: number; retryAfter?: number; body?: unknown }
  | { delayMs: number }
  /** As a proxy does that takes only small bodies. */
  | { maxEvents: number };

/** A request for `/events/track` that came, and how many events it had. */
export type Arrival = { ids: string[]; bytes: number; fault: Fault | undefined };

export type Gate = {
  url: string;
  port: number;
  /** What came to `/events/track`, in order. */
  arrivals: Arrival[];
  /** Reads that came: their paths. */
  reads: string[];
  /** Faults of the next requests for `/events/track`, one each. */
  next: Fault[];
  /** The fault of all others, and of reads as well where it is `drop`. */
  always: Fault | undefined;
  close(): Promise<void>;
};

const NOT_PASSED_ON = new Set(["content-encoding", "content-length", "transfer-encoding", "connection"]);
const CORS = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After, Date" };

/** A proxy before a service that counts what arrives, and fails where it is told to. */
export async function openGate(target: string): Promise<Gate> {
  const server = createServer((request, response) => {
    void pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const gate: Gate = {
    url: `http://127.0.0.1:${port}`,
    port,
    arrivals: [],
    reads: [],
    next: [],
    always: undefined,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };

  const faultFor = ({ url: path = "/", method }: IncomingMessage, body: string): Fault | undefined => {
    if (path.startsWith("/learners/")) {
      if (method === "GET") gate.reads.push(path);
      return gate.always === "drop" ? "drop" : undefined;
    }
    return path === "/events/track" && body !== "" ? faultOfEvents(body) : undefined;
  };

  const faultOfEvents = (body: string): Fault | undefined => {
    const fault = gate.next.shift() ?? gate.always;
    const ids = [...body.matchAll(/"eventId":"([^"]+)"/g)].map(([, id]) => id as string);
    gate.arrivals.push({ ids, bytes: Buffer.byteLength(body), fault });
    if (typeof fault === "object" && "maxEvents" in fault)
      return ids.length > fault.maxEvents ? { status: 413, body: { code: "PAYLOAD_TOO_LARGE" } } : undefined;
    return fault;
  };

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const fault = faultFor(request, body);
    if (fault === "drop") return void request.socket.destroy();
    if (fault === "garbage") return void response.writeHead(200, CORS).end("<h1>Welcome to the hotel</h1>");
    if (typeof fault === "object") {
      if ("status" in fault) return refuse(response, fault);
      if ("delayMs" in fault) await sleep(fault.delayMs);
    }
    await forward(request, response, { body, isLost: fault === "lose" });
  }

  function refuse(response: ServerResponse, { status, retryAfter, body = {} }: Extract<Fault, { status: number }>) {
    const retry = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
    response.writeHead(status, { ...CORS, ...retry }).end(JSON.stringify(body));
  }

  async function forward(
    request: IncomingMessage,
    response: ServerResponse,
    { body, isLost }: { body: string; isLost: boolean },
  ): Promise<void> {
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? "GET",
      headers: headers as Record<string, string>,
      ...(body !== "" && { body }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (isLost) return void request.socket.destroy();
    for (const [name, value] of answer.headers) if (!NOT_PASSED_ON.has(name)) response.setHeader(name, value);
    response.writeHead(answer.status).end(bytes);
  }
  return gate;
}
