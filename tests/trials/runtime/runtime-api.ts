import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a function made of an event: its answer, or the error that the runtime reports; and how long it took, in ms. */
export type Outcome = { answer?: unknown; error?: ReportedError; ms: number };
export type ReportedError = { errorType: string; errorMessage: string };

export type RuntimeApi = {
  address: string;
  /** When the function asked for its first event, by `performance.now()`; or the error that its start ended with. */
  started: Promise<{ at: number } | { error: ReportedError }>;
  invoke(event: unknown): Promise<Outcome>;
  close(): void;
};

type Waiting = { id: string; event: unknown; done(outcome: Outcome): void };
const DEADLINE_MS = 30_000;

/**
 * The side of the Runtime API that Lambda itself plays, for one function: it hands out one event at a time.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const queue: Waiting[] = [];
  const underWay = new Map<string, { waiting: Waiting; since: number }>();
  let asking: ServerResponse | undefined;
  let tell: (started: { at: number } | { error: ReportedError }) => void;
  const started = new Promise<{ at: number } | { error: ReportedError }>((done) => {
    tell = done;
  });

  const handOut = () => {
    if (asking === undefined || queue.length === 0) return;
    const waiting = queue.shift() as Waiting;
    const body = JSON.stringify(waiting.event);
    asking.writeHead(200, {
      "Content-Type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": waiting.id,
      "Lambda-Runtime-Deadline-Ms": String(Date.now() + DEADLINE_MS),
      "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:waymark",
      "Lambda-Runtime-Trace-Id": "Root=1-696cb3e4-5f0e1c2d3b4a59687a6b5c4d;Sampled=0",
    });
    underWay.set(waiting.id, { waiting, since: performance.now() });
    asking.end(body);
    asking = undefined;
  };

  const answer = async ({ url = "", method }: IncomingMessage, body: () => Promise<string>, out: ServerResponse) => {
    const [, id, what] = /^\/2018-06-01\/runtime\/(?:invocation\/)?([^/]+)\/?(.*)$/.exec(url) ?? [];
    if (method === "GET" && id === "next") {
      tell({ at: performance.now() });
      asking = out;
      return handOut();
    }
    const text = await body();
    const at = performance.now();
    out.writeHead(202, { "Content-Type": "application/json" }).end('{"status":"OK"}');
    if (id === "init") return tell({ error: JSON.parse(text) });
    const { waiting, since } = underWay.get(id ?? "") ?? {};
    if (waiting === undefined || since === undefined) return;
    underWay.delete(waiting.id);
    const said = text === "" ? undefined : JSON.parse(text);
    waiting.done({ ms: at - since, ...(what === "error" ? { error: said } : { answer: said }) });
  };

  const server = createServer((incoming, outgoing) => {
    const body = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      return `${Buffer.concat(chunks)}`;
    };
    void answer(incoming, body, outgoing);
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    started,
    invoke: (event) =>
      new Promise((done) => {
        queue.push({ id: randomUUID(), event, done });
        handOut();
      }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
