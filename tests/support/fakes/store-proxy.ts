import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** A request to the store on its way there. */
export type Passing = {
  /** `UpdateItem`, `Query`. */
  command: string;
  /** The how-many-eth request of this command it is, from 1. */
  number: number;
  body: Record<string, unknown>;
};

/**
 * What becomes of it: `throttle` answers as a table that has run out of capacity; `swallow` loses the request;
 * `swallow the answer` lets the store do it and tells nobody.
 */
export type Fate = "pass" | "throttle" | "swallow" | "swallow the answer";

export type StoreProxy = {
  endpoint: string;
  /** Requests that reached the store, by command. */
  passed: Record<string, number>;
  /** Every request, whatever became of it. */
  seen: Passing[];
  /** Decides over each request from now on. */
  decide: (passing: Passing) => Fate | Promise<Fate>;
  reset(): void;
};

const WRITES = ["UpdateItem", "PutItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];
export const writesThrough = ({ passed }: StoreProxy): number =>
  WRITES.reduce((sum, command) => sum + (passed[command] ?? 0), 0);

/** Stands before a store, counts what goes through, and disturbs it; gone when the test file is over. */
export async function startStoreProxy(target: string): Promise<StoreProxy> {
  const agent = new Agent({ keepAlive: true });
  const numbers: Record<string, number> = {};
  const proxy: StoreProxy = {
    endpoint: "",
    passed: {},
    seen: [],
    decide: () => "pass",
    reset() {
      proxy.passed = {};
      proxy.seen = [];
      proxy.decide = () => "pass";
      for (const command of Object.keys(numbers)) delete numbers[command];
    },
  };

  const take = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await bodyOf(incoming);
    const command = String(incoming.headers["x-amz-target"] ?? "").replace(/^.*\./, "");
    numbers[command] = (numbers[command] ?? 0) + 1;
    const passing: Passing = { command, number: numbers[command], body: body.length > 0 ? JSON.parse(`${body}`) : {} };
    proxy.seen.push(passing);
    const fate = await proxy.decide(passing);
    if (fate === "throttle") return throttle(outgoing);
    if (fate === "swallow") return;
    proxy.passed[command] = (proxy.passed[command] ?? 0) + 1;
    forward(incoming, body, fate === "pass" ? outgoing : undefined);
  };
  const forward = ({ method, url, headers }: IncomingMessage, body: Buffer, outgoing: ServerResponse | undefined) => {
    const onward = request(new URL(url ?? "/", target), { method, headers, agent }, (answer) => {
      if (outgoing === undefined) return void answer.resume();
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing?.destroy());
    onward.end(body);
  };

  // A client that is killed cuts its requests off.
  const server = createServer((incoming, outgoing) => void take(incoming, outgoing).catch(() => outgoing.destroy()));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterAll(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  proxy.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function throttle(outgoing: ServerResponse): void {
  outgoing.writeHead(400, { "Content-Type": "application/x-amz-json-1.0" });
  outgoing.end(
    JSON.stringify({
      __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
      message: "The level of configured provisioned throughput for the table was exceeded",
    }),
  );
}
