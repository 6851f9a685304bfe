import { Hono } from "hono";
import { expect, it } from "vitest";
import { openApi } from "../../src/api/handlers/service.ts";
import { openApiText } from "../../src/api/openapi-text.ts";
import type { Services } from "../../src/api/route.ts";

it("The OpenAPI document is served with an ETag, and not again to who has it", async () => {
  const text = openApiText();
  const app = new Hono();
  app.get("/openapi.json", (context) => openApi(context, { openApi: async () => text } as unknown as Services));

  const first = await app.request("/openapi.json");
  expect([first.status, first.headers.get("content-type"), await first.text()]).toEqual([
    200,
    "application/json",
    text,
  ]);
  const etag = first.headers.get("etag") as string;
  const ask = (known: string) => app.request("/openapi.json", { headers: { "If-None-Match": known } });
  expect([(await ask(etag)).status, (await ask(`W/${etag}`)).status, (await ask('"other"')).status]).toEqual([
    304, 304, 200,
  ]);
});
