import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export type Reply = { status: number; text: string; milliseconds: number };

export type ClientCounts = {
  answered: number;
  /** Sent again, because the connection broke or the service could not take it. */
  retries: { brokenConnections: number; unavailable: number };
};

export type Client = {
  counts: ClientCounts;
  /** Sends until there is an answer, as a page would. @throws Error when there is none for a long while */
  send(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<Reply>;
  close(): void;
};

const ANSWER_TIMEOUT_MS = 30_000;
const PATIENCE_MS = 120_000;
/** Before a request is sent again; each time twice as long, and never quite the same. */
const PAUSE_MS = { first: 200, longest: 3_000 };

/** A client that keeps its connections, and sends again what was not acknowledged. */
export function createClient(url: string, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const counts: ClientCounts = { answered: 0, retries: { brokenConnections: 0, unavailable: 0 } };

  const once = (method: string, path: string, headers: Record<string, string>, body: string | undefined) =>
    new Promise<Reply & { retryAfter: number }>((done, failed) => {
      const began = performance.now();
      const outgoing = request(`${url}${path}`, { method, headers, agent, timeout: ANSWER_TIMEOUT_MS }, (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        incoming.on("error", failed).on("end", () =>
          done({
            status: incoming.statusCode ?? 0,
            text,
            milliseconds: performance.now() - began,
            retryAfter: Number(incoming.headers["retry-after"] ?? 0),
          }),
        );
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error("The service does not answer"))).on("error", failed);
      outgoing.end(body);
    });

  return {
    counts,
    async send(method, path, headers = {}, body) {
      let reason = "";
      const deadline = Date.now() + PATIENCE_MS;
      for (let pause = PAUSE_MS.first; Date.now() < deadline; pause = Math.min(2 * pause, PAUSE_MS.longest)) {
        const some = pause * (0.5 + Math.random());
        try {
          const { retryAfter, ...reply } = await once(method, path, headers, body);
          if (reply.status !== 503) {
            counts.answered++;
            return reply;
          }
          reason = reply.text;
          counts.retries.unavailable++;
          await sleep(retryAfter * 1_000 + some);
        } catch (error) {
          reason = String(error);
          counts.retries.brokenConnections++;
          await sleep(some);
        }
      }
      throw new Error(`${method} ${path} was not answered: ${reason}`);
    },
    close: () => agent.destroy(),
  };
}
