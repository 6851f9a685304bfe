import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";

// What the web framework alone costs: it parses the body, and answers always the same, as long as a real answer.
const ANSWER = JSON.stringify({ status: "accepted", filler: "x".repeat(Number(process.env.ANSWER_BYTES ?? 600)) });
const app = new Hono();
app.post("/events/track", async (context) => {
  JSON.parse(await context.req.text());
  return context.body(ANSWER, 200, { "Content-Type": "application/json" });
});
app.get("/health", (context) => context.text("ok"));
const server = createAdaptorServer({ fetch: app.fetch });
server.listen(0, "127.0.0.1", () =>
  console.log(`It listens at http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
process.once("SIGTERM", () => process.exit(0));
