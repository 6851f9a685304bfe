import type { AddressInfo } from "node:net";
import dynalite from "dynalite";
import { answer } from "./worker.ts";

/** Where the store listens, and how many calls it has taken since the last question. */
export type StoreAnswer = { endpoint: string; calls: number };

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.keepAliveTimeout = 60_000;
let calls = 0;
server.on("request", () => calls++);
const listening = new Promise<void>((done) => server.listen(0, "127.0.0.1", done));

answer(async (): Promise<StoreAnswer> => {
  await listening;
  const taken = calls;
  calls = 0;
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: taken };
});
