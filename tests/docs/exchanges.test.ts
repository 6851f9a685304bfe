import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { request } from "../support/processes/service.ts";
import { startServiceHere } from "../support/processes/service-here.ts";
import { asShown, exchangesIn, printed, withPlaceholders } from "./exchanges.ts";
import { PAPERS, ROOT, readPaper } from "./papers.ts";

/** With REFRESH_PAPERS=1 the papers take what the service answers, instead of being held to it. */
const REFRESH = process.env.REFRESH_PAPERS === "1";

const told = PAPERS.map((paper) => ({ paper, text: readPaper(paper), exchanges: exchangesIn(readPaper(paper)) }));

describe("a paper shows what the service really answers", () => {
  it.each(told.filter(({ exchanges }) => exchanges.length > 0))("$paper", async ({ paper, text, exchanges }) => {
    const service = await startServiceHere({ CONTENT_DIR: "content", LOG_LEVEL: "SILENT" });
    let [refreshed, from] = ["", 0];
    for (const { method, path, body, shown, start } of exchanges) {
      const init = body === undefined ? { method } : { method, body, headers: { "Content-Type": "application/json" } };
      const answer = await request(service.url, path, init);
      const expected: unknown = shown === "" ? undefined : JSON.parse(shown);
      const actual = asShown(REFRESH ? withPlaceholders(answer.body) : answer.body, expected);
      if (!REFRESH) expect(actual, `${method} ${path} ${body ?? ""}`).toEqual(expected);
      refreshed += `${text.slice(from, start)}${printed(actual)}\n`;
      from = start + shown.length;
    }
    await service.close();
    if (REFRESH) writeFileSync(join(ROOT, paper), refreshed + text.slice(from));
  });
});

it("README.md has three exchanges", () => {
  expect(exchangesIn(readPaper("README.md"))).toHaveLength(3);
});

describe("an answer is told as the paper tells it", () => {
  it.each([
    ["a placeholder stands for a text", { at: "2026" }, { at: "<time>" }, true],
    ["a placeholder stands for no number", { at: 1 }, { at: "<time>" }, false],
    ["another value differs", { slug: "a" }, { slug: "b" }, false],
    ["a key that the paper lacks differs", { slug: "a", more: 1 }, { slug: "a" }, false],
    ["a key that the answer lacks differs", { slug: "a" }, { slug: "a", more: 1 }, false],
    ["a key may be left out where the paper says so", { slug: "a", more: 1 }, { slug: "a", "…": "…" }, true],
    ["a list may be cut where the paper says so", [1, 2, 3], [1, "…"], true],
    ["a list that is not longer is not cut", [1], [1, "…"], false],
    ["what is shown of a cut list counts", [1, 2, 3], [2, "…"], false],
  ])("%s", (_, answer, shown, isRight) => {
    if (isRight) expect(asShown(answer, shown)).toEqual(shown);
    else expect(asShown(answer, shown)).not.toEqual(shown);
  });
});
