import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWaymark } from "../../src/client/waymark.ts";
import { buildClient } from "../../src/local/build-client.ts";
import { type Service, startService } from "../support/processes/service.ts";

describe("the client's files, as a service that was only installed and started serves them:", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ LOG_LEVEL: "ERROR" });
  });
  afterAll(() => service.kill());

  it.each([
    ["/waymark.js", 3 * 1_024, "createWaymark"],
    ["/waymark-elements.js", 2.5 * 1_024, "use"],
  ])("%s is one module of at most %s bytes with gzip, and imports nothing", async (path, most, name) => {
    const { status, headers, text } = await service.get(path, { Origin: "http://localhost:8080" });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(headers.get("cache-control")).toMatch(/^public, max-age=\d+/);
    expect(headers.get("access-control-allow-origin")).toBe("http://localhost:8080");
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(most);
    expect(text).toMatch(new RegExp(`export\\{\\w+ as ${name}\\}`));
    expect(text).not.toMatch(/\bimport\b/);
  });

  it("a page that has a file gets 304, until there is another one", async () => {
    const { headers } = await service.get("/waymark.js");
    const etag = headers.get("etag") as string;
    expect((await service.get("/waymark.js", { "If-None-Match": `"other", W/${etag}` })).status).toBe(304);
    expect((await service.get("/waymark.js", { "If-None-Match": '"other"' })).status).toBe(200);
  });

  it("what is served is what a build writes", async () => {
    for (const [path, text] of Object.entries(await buildClient())) expect((await service.get(path)).text).toBe(text);
  });

  it("the module can be loaded where there is no page", () => {
    const waymark = createWaymark({ url: service.url, learner: "123" });
    expect(waymark.pending).toBe(0);
  });
});
