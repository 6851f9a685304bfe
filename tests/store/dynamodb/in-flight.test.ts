import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createClient } from "../../../src/store/dynamodb/client.ts";
import { MAX_IN_FLIGHT } from "../../../src/store/dynamodb/in-flight.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import { tableNames } from "../../../src/store/dynamodb/tables.ts";

const RUBY = { type: "course", slug: "ruby" } as const;
const ANSWER_MS = 450;

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A store that answers each request with nothing, after a while, and counts those that it has before it. */
async function slowStore(answer: (outgoing: ServerResponse) => void) {
  const seen = { now: 0, most: 0 };
  server = createServer((incoming, outgoing) => {
    incoming.resume();
    seen.most = Math.max(seen.most, ++seen.now);
    outgoing.once("close", () => seen.now--);
    answer(outgoing);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", 2_048, done));
  const client = createClient({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, region: "x" });
  return { seen, store: createStore(client, tableNames("slow")) };
}

it("takes ten times as many requests as it has sockets, and waits for its turn longer than for a connection", async () => {
  const { seen, store } = await slowStore((outgoing) => setTimeout(() => outgoing.end("{}"), ANSWER_MS));
  const reads = Array.from({ length: MAX_IN_FLIGHT * 10 }, () => store.readItem("ada", RUBY));
  expect((await Promise.allSettled(reads)).filter(({ status }) => status === "rejected")).toEqual([]);
  expect(seen.most).toBe(MAX_IN_FLIGHT);
});

it("gives its place back while it pauses before another attempt, and says what the store did", async () => {
  const { store } = await slowStore((outgoing) => {
    outgoing.writeHead(500);
    outgoing.end('{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"no"}');
  });
  const reads = Array.from({ length: MAX_IN_FLIGHT * 3 }, () => store.readItem("ada", RUBY));
  for (const outcome of await Promise.allSettled(reads))
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: { code: "STORE_UNAVAILABLE", cause: { name: "InternalServerError" } },
    });
});
