import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BROWSER, hasBrowser } from "../client/support/browser.ts";
import { freshPage } from "../client/support/shared-browser.ts";
import { temporaryFolder } from "../support/processes/service.ts";
import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";

const HOSTILE = [
  `<img src=x onerror="window.hacked=1">`,
  `"><script>window.hacked=1</script>`,
  `<svg onload=window.hacked=1>`,
  `javascript:window.hacked=1`,
] as const;

/** Content whose author means no good. */
function hostileContent(): string {
  const folder = temporaryFolder();
  const write = (path: string, content: object) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  const [title, summary, scenario, task] = HOSTILE;
  const modules = ["m1"];
  write("courses/c1.json", { slug: "c1", title, summary, modules, valid_for: "P1M" });
  write("pathways/p1.json", { slug: "p1", title: summary, summary: title, courses: ["c1"] });
  write("modules/m1/completion.json", {
    title: summary,
    scenario,
    completion_data: { type: "object", properties: { [task]: { type: "string" } } },
    review_items: [{ id: "i1", front: title, back: scenario }],
  });
  return folder;
}

describe.skipIf(!hasBrowser)(`what others wrote is text in the sample LMS and for the operator ${BROWSER}`, () => {
  let service: ServiceHere;
  beforeAll(async () => {
    service = await startServiceHere({ CONTENT_DIR: hostileContent(), LOG_LEVEL: "ERROR" });
  });
  afterAll(() => service.close());

  it("on every page, in titles, texts, names, data and answers", async () => {
    const page = await freshPage();
    const learner = HOSTILE[0];
    await page.goto(`${service.url}/#/`);
    await page.getByLabel("Learner", { exact: true }).fill(learner);
    await page.getByRole("button", { name: "Switch" }).click();
    await page.locator("#news", { hasText: learner }).waitFor();
    await page.locator("main", { hasText: HOSTILE[0] }).waitFor();
    await page.goto(`${service.url}/#/course/c1`);
    await page.getByRole("button", { name: "Claim" }).click();
    await page.locator("#news", { hasText: "COMPLETION_NOT_REACHED" }).waitFor();
    await page.goto(`${service.url}/#/module/m1`);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByLabel("as JSON").fill(JSON.stringify({ [HOSTILE[3]]: HOSTILE[1] }));
    await page.getByRole("button", { name: "Mark it as complete" }).click();
    await page.locator("#news", { hasText: "is completed" }).waitFor();
    for (const [address, text] of [
      ["/#/history", HOSTILE[3]],
      ["/#/cards", HOSTILE[0]],
      [`/#/course/${encodeURIComponent(HOSTILE[0])}`, HOSTILE[0]],
      ["/operator#/", HOSTILE[0]],
      ["/operator#/expiring", learner],
      ["/operator#/catalog", HOSTILE[2]],
      [`/operator#/learner/${encodeURIComponent(learner)}`, HOSTILE[3]],
      [`/operator#/learner/${encodeURIComponent(learner)}/pathway/p1`, HOSTILE[1]],
    ] as const) {
      await page.goto(service.url + address);
      await page.locator("main", { hasText: text }).waitFor();
    }
    expect(
      await page.evaluate(() => [window.hacked, document.querySelectorAll("main :is(img, svg, script)").length]),
    ).toEqual([undefined, 0]);
  });
});
