import { describe, expect, it } from "vitest";
import { readmeSession, stable } from "../support/builders/readme.ts";
import { startService } from "../support/processes/service.ts";

describe("the README's session", () => {
  it("has requests and answers", () => {
    expect(readmeSession().length).toBeGreaterThanOrEqual(7);
  });

  it("shows what the service really answers", async () => {
    const service = await startService({ CONTENT_DIR: "content" });
    for (const { path, body, shown } of readmeSession()) {
      const answer = body === undefined ? await service.get(path) : await service.post(body);
      expect(stable(answer.body), path).toEqual(stable(JSON.parse(shown)));
    }
    await service.kill();
  });
});
