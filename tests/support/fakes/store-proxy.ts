import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { atFileEnd } from "../vitest/file-end.ts";

/** A request to the store on its way there. */
export type Passing = {
  /** `UpdateItem`, `Query`. */
  command: string;
  /** The how-many-eth request of this command it is, from 1. */
  number: number;
  body: Record<string, unknown>;
  /** The body as it was sent. */
  text: string;
};

/**
 * What becomes of a request. The store has done what was asked after `pass`, `cut after` (the connection breaks in place
 * of the answer) and `hang after` (no answer ever comes), and knows nothing of it after `throttle` (an answer as of a
 * table that has run out of capacity), `error 500`, `cut before` and `hang`.
 */
export type Fate = "pass" | "throttle" | "error 500" | "cut before" | "cut after" | "hang" | "hang after";

export type StoreProxy = {
  endpoint: string;
  /** Requests that reached the store, by command. */
  passed: Record<string, number>;
  /** Every request, whatever became of it. */
  seen: Passing[];
  /** Decides over each request from now on. */
  decide: (passing: Passing) => Fate | Promise<Fate>;
  reset(): void;
  /** Refuses connections from now on. */
  goDown(): Promise<void>;
  /** Listens again, at the same address. */
  comeUp(): Promise<void>;
};

const WRITES = ["UpdateItem", "PutItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];
export const writesThrough = ({ passed }: StoreProxy): number =>
  WRITES.reduce((sum, command) => sum + (passed[command] ?? 0), 0);

/** Stands before a store, counts what goes through, and disturbs it; gone when the test file is over. */
export async function startStoreProxy(target: string): Promise<StoreProxy> {
  const agent = new Agent({ keepAlive: true });
  const numbers: Record<string, number> = {};

  const take = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await bodyOf(incoming);
    const text = body.toString("utf8");
    const command = String(incoming.headers["x-amz-target"] ?? "").replace(/^.*\./, "");
    numbers[command] = (numbers[command] ?? 0) + 1;
    const passing: Passing = { command, number: numbers[command], body: text === "" ? {} : JSON.parse(text), text };
    proxy.seen.push(passing);
    const fate = await proxy.decide(passing);
    if (fate === "hang") return;
    if (fate === "cut before") return void incoming.socket.destroy();
    if (fate === "throttle" || fate === "error 500") return refuse(outgoing, fate);
    proxy.passed[command] = (proxy.passed[command] ?? 0) + 1;
    forward(incoming, body, (answer) => {
      if (fate === "pass") return void answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers));
      answer.resume();
      if (fate === "cut after") answer.once("end", () => incoming.socket.destroy());
    });
  };
  const forward = (incoming: IncomingMessage, body: Buffer, take: (answer: IncomingMessage) => void) => {
    const { method, url, headers, socket } = incoming;
    const onward = request(new URL(url ?? "/", target), { method, headers, agent }, take);
    onward.on("error", () => socket.destroy());
    onward.end(body);
  };

  // A client that is killed cuts its requests off.
  const server = createServer((incoming, outgoing) => void take(incoming, outgoing).catch(() => outgoing.destroy()));
  server.keepAliveTimeout = 60_000;
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const proxy: StoreProxy = {
    endpoint: `http://127.0.0.1:${port}`,
    passed: {},
    seen: [],
    decide: () => "pass",
    reset() {
      proxy.passed = {};
      proxy.seen = [];
      proxy.decide = () => "pass";
      for (const command of Object.keys(numbers)) delete numbers[command];
    },
    goDown: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
    comeUp: () => listen(port),
  };
  atFileEnd(() => {
    agent.destroy();
    return proxy.goDown();
  });
  return proxy;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const REFUSALS = {
  throttle: {
    status: 400,
    type: "ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded",
  },
  "error 500": { status: 500, type: "InternalServerError", message: "Internal server error" },
};

function refuse(outgoing: ServerResponse, fate: keyof typeof REFUSALS): void {
  const { status, type, message } = REFUSALS[fate];
  outgoing.writeHead(status, { "Content-Type": "application/x-amz-json-1.0" });
  outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }));
}
