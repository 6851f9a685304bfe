import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectWellLooking } from "./support/axe.ts";
import { BROWSER, hasBrowser } from "./support/browser.ts";
import { type Address, eachOnAStage, eventually, PATIENCE_MS, type Stage } from "./support/stage.ts";

const COURSE = "hedgehog-lab-foundations";
const MODULES = [
  "accessing-vlab-with-gcp",
  "touring-the-virtual-fabric",
  "reading-switch-health",
  "creating-your-first-vpc",
];

/** What people see of the elements, without the space that stands between their parts. */
const words = async (page: Page, element: string): Promise<string> =>
  (await page.evaluate(
    (name) => document.querySelector<HTMLElement>(`waymark-${name}`)?.shadowRoot?.textContent,
    element,
  )) ?? "";
const shows = (page: Page, element: string, text: string) =>
  eventually(async () => expect(await words(page, element)).toBe(text), PATIENCE_MS);

const ALL: Address["elements"] = [
  ["progress", { course: "ruby" }],
  ["badge", { course: "ruby" }],
  ["course", { course: "ruby", href: "/learn/{type}/{slug}" }],
  ["missing", { course: "ruby" }],
  ["badge", { course: "git" }],
  ["progress", { course: "git" }],
  ["course", { course: "git" }],
  ["missing", { course: "git" }],
  ["badge", { course: "first-aid" }],
  ["course", { course: "first-aid" }],
  ["progress", { module: "ruby-types" }],
  ["missing", { module: "ruby-types" }],
  ["progress", { module: "welcome" }],
  ["missing", { module: "welcome" }],
  ["progress", { course: "unheard-of" }],
];

describe.skipIf(!hasBrowser)(`the elements, ${BROWSER},`, () => {
  let stage: Stage;
  eachOnAStage((opened) => {
    stage = opened;
  });

  it("show what the service says, with one read for all that show the same, and follow each answer", async () => {
    const page = await stage.open({
      elements: [
        ["badge", { course: COURSE }],
        ["missing", { course: COURSE }],
      ],
    });
    await shows(page, "badge", "To do");
    expect(stage.gate.reads).toHaveLength(1);
    expect((await words(page, "missing")).match(/Finish “/g)).toHaveLength(4);

    await page.evaluate((given) => window.complete(given), MODULES.slice(0, 2));
    await shows(page, "badge", "In progress");
    expect((await words(page, "missing")).match(/Finish “/g)).toHaveLength(2);
    expect(stage.gate.reads).toHaveLength(2);
    await page.evaluate((given) => window.complete(given), MODULES.slice(2));
    await shows(page, "badge", "Complete");
    expect(await words(page, "missing")).toBe("Nothing is missing.");
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  });

  it("follow what another tab sends, and what was done while the page lay in the browser's cache", async () => {
    const badge: Address = { elements: [["badge", { course: COURSE }]] };
    const [page, other] = [await stage.open(badge), await stage.open()];
    await shows(page, "badge", "To do");
    await other.evaluate((given) => window.complete(given), MODULES.slice(0, 1));
    await shows(page, "badge", "In progress");

    await page.goto(stage.address({ path: "/plain" }));
    await other.evaluate((given) => window.complete(given), MODULES.slice(1));
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => window.persisted === true);
    await shows(page, "badge", "Complete");
  });

  it("show what they can once the network is back", async () => {
    stage.gate.always = "drop";
    const page = await stage.open({ elements: [["badge", { course: COURSE }]] });
    await shows(page, "badge", "Your progress cannot be shown right now.");
    stage.gate.always = undefined;
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await shows(page, "badge", "To do");
  });

  it("show entries with their marks, locks and dates, and as text whatever somebody wrote", async () => {
    const page = await stage.open({ fake: true, elements: ALL });
    await shows(page, "badge", "In progress");
    const entries = await page.evaluate(() =>
      [...(document.querySelector("waymark-course")?.shadowRoot?.querySelectorAll("li") ?? [])].map((entry) =>
        [...entry.children].map(({ textContent }) => textContent).join(" | "),
      ),
    );
    expect(entries).toEqual([
      `✓ | <img src=x onerror="window.hacked=1">"&' | Complete`,
      "○ | Types | To do | Until Nov 26, 2026",
      "⊘ | Blocks | Locked",
      "○ | Extras | To do | Optional | From Nov 26, 2026",
    ]);
    expect(
      await page.evaluate(() => document.querySelector("waymark-course")?.shadowRoot?.querySelectorAll("img").length),
    ).toBe(0);
    const link = await page.getByRole("link", { name: "Types" }).getAttribute("href");
    expect(link).toBe("/learn/module/ruby-types");
    expect(await page.evaluate(() => window.hacked)).toBeUndefined();
    expect(await words(page, "missing")).toMatch(/^Still to do, any 2 of:/);
    const bar = page.getByRole("progressbar").first();
    expect(await bar.evaluate((each: HTMLProgressElement) => [each.value, each.max])).toEqual([1, 3]);
    expect(await page.evaluate(() => window.reads.sort())).toEqual([
      "first-aid",
      "git",
      "ruby",
      "ruby-types",
      "unheard-of",
      "welcome",
    ]);
  });

  it("speak another language, and stand from right to left", async () => {
    const page = await stage.open({
      fake: true,
      elements: [
        ["progress", { course: "git" }],
        ["badge", { course: "git" }],
        ["course", { course: "git" }],
      ],
      options: { texts: { completed: "مكتمل", expires: "صالح حتى {date}" } },
    });
    await shows(page, "badge", "مكتمل");
    await page.evaluate(() => {
      document.documentElement.lang = "ar";
      document.documentElement.dir = "rtl";
      window.use(window.fake, { texts: { completed: "مكتمل", expires: "صالح حتى {date}" } });
    });
    await eventually(async () => expect(await words(page, "course")).toMatch(/صالح حتى .*2027/), PATIENCE_MS);
    const [mark, title] = await page.evaluate(() =>
      [..."mark title".split(" ")].map(
        (part) =>
          document
            .querySelector("waymark-course")
            ?.shadowRoot?.querySelector(`li [part=${part}]`)
            ?.getBoundingClientRect().x ?? 0,
      ),
    );
    expect(mark).toBeGreaterThan(title as number);
  });

  it("have nothing that axe finds, light and dark, narrow and wide", async () => {
    const page = await stage.open({ fake: true, elements: ALL });
    await shows(page, "badge", "In progress");
    const folder = process.env.SCREENSHOTS;
    await expectWellLooking(page, {
      seen: async (name) => {
        if (folder) await page.screenshot({ path: `${folder}/elements-${name}.png`, fullPage: true });
      },
    });
  });
});
