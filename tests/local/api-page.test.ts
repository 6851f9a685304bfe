import { describe, expect, it } from "vitest";
import { openApiText } from "../../src/api/openapi-text.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { apiPage, type OpenApi } from "../../src/local/api-page.ts";
import { exchangesIn } from "../../src/local/paper-exchanges.ts";
import { EVENT_NAMES } from "../../src/model/events/index.ts";
import { readPaper } from "../docs/papers.ts";

const document = JSON.parse(openApiText()) as OpenApi;
const html = apiPage(document, exchangesIn(readPaper("docs/api.md")));

describe("the page of the OpenAPI document", () => {
  it("has at most 300 KB, no script, and nothing from elsewhere", () => {
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(300 * 1_024);
    expect(html).not.toMatch(/<script|\son\w+=|\sstyle=|(?:src|href)="(?:https?:)?\/\//);
  });

  it("has every route, each that answers JSON with an example, and every schema", () => {
    for (const { operationId, mediaType } of ROUTES) {
      const section = html.split(`<section id="${operationId}"`)[1]?.split("</section>")[0];
      expect(section, operationId).toBeDefined();
      if (mediaType === undefined) expect(section, operationId).toContain("$ curl ");
    }
    for (const name of Object.keys(document.components.schemas)) expect(html).toContain(`<section id="${name}"`);
  });

  it.each(EVENT_NAMES)("shows the event %s", (name) => expect(html).toContain(`Example: ${name}<`));

  it("has no id twice, and no link within it that leads nowhere", () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("takes what the document says as text", () => {
    const hostile = `<img src=x onerror="x">`;
    const info = { ...document.info, title: hostile, description: hostile };
    expect(apiPage({ ...document, info }, [])).not.toContain("<img");
  });
});
