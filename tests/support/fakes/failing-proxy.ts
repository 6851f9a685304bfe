import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * How a request to the store goes wrong. `cut before` breaks the connection in place of the request, `cut after` in
 * place of the answer: the store has then done what was asked. `hang` never answers.
 */
export type Failure = "throttle" | "error 500" | "cut before" | "cut after" | "hang";

/** A request to the store: its command, such as `UpdateItem`, and its body as JSON text. */
export type Seen = { command: string; body: string };

export type Rule = { failure: Failure; when: (seen: Seen) => boolean };

export type FailingProxy = {
  address: string;
  /** Rules are asked in turn; the first that holds decides. */
  rules: Set<Rule>;
  /** Refuses connections from now on. */
  goDown(): Promise<void>;
  /** Listens again, at the same address. */
  comeUp(): Promise<void>;
  close(): void;
};

const ANSWERS = {
  throttle: {
    status: 400,
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
      message: "The level of configured provisioned throughput for the table was exceeded.",
    },
  },
  "error 500": {
    status: 500,
    body: { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message: "Internal server error" },
  },
};

/** Stands between a service and its store, and makes requests fail by rule. */
export async function startFailingProxy(storeAddress: string): Promise<FailingProxy> {
  const rules = new Set<Rule>();
  const server: Server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const command = String(incoming.headers["x-amz-target"]).replace(/^.*\./, "");
    const seen = { command, body: body.toString("utf8") };
    const failure = [...rules].find(({ when }) => when(seen))?.failure;

    if (failure === "hang") return;
    if (failure === "cut before") return void incoming.socket.destroy();
    if (failure === "throttle" || failure === "error 500") {
      const { status, body: answer } = ANSWERS[failure];
      outgoing.writeHead(status, { "Content-Type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
      return;
    }
    const forwarded = request(
      storeAddress,
      { method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        if (failure === "cut after") return void answer.resume().once("end", () => incoming.socket.destroy());
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.once("error", () => incoming.socket.destroy());
    forwarded.end(body);
  });
  server.keepAliveTimeout = 60_000;

  const listen = (port: number) => new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const goDown = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return {
    address: `http://127.0.0.1:${port}`,
    rules,
    goDown,
    comeUp: () => listen(port),
    close: () => void goDown(),
  };
}
