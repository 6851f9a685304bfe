import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/processes/service.ts";
import { BROWSER, HOST_NAME, hasBrowser, launchProfile } from "./support/browser.ts";
import { eachOnAStage, eventually, modules, once, PATIENCE_MS, type Stage } from "./support/stage.ts";

const complete = (page: Page, slugs: string[]) => page.evaluate((given) => window.complete(given), slugs);
/** Without waiting for the answers. */
const begin = (page: Page, slugs: string[]) => page.evaluate((given) => void window.complete(given), slugs);
const pending = (page: Page) => page.evaluate(() => window.waymark.pending);
const sizes = ({ gate }: Stage) => gate.arrivals.map(({ ids }) => ids.length);
const accepted = (slugs: readonly string[]) => slugs.map(() => "accepted");

/** What happens to a page; afterwards all these modules must be there once. @returns the page that is left, if one is */
type Story = (stage: Stage, slugs: string[]) => Promise<Page | undefined>;

const STORIES: [name: string, events: number, story: Story][] = [
  [
    "a click that leaves the page at once",
    1,
    async (stage, slugs) => {
      const page = await stage.open();
      await complete(page, ["before"]);
      stage.gate.next.push({ delayMs: 300 });
      await page.evaluate(([slug]) => {
        void window.complete([slug as string]);
        location.href = "/plain";
      }, slugs);
      await page.waitForURL("**/plain");
      return undefined;
    },
  ],
  [
    "a tab that is closed at once",
    3,
    async (stage, slugs) => {
      const page = await stage.open();
      await complete(page, ["before"]);
      stage.gate.next.push({ delayMs: 300 });
      await begin(page, slugs);
      await page.close();
      return undefined;
    },
  ],
  [
    "a browser that is ended while the service is away, and started again",
    3,
    async (stage, slugs) => {
      const profile = temporaryFolder();
      const before = await launchProfile(profile);
      const page = await stage.open({ context: before });
      await complete(page, ["before"]);
      stage.gate.always = "drop";
      await begin(page, slugs);
      expect(await pending(page)).toBe(3);
      await before.close();
      stage.gate.always = undefined;
      const after = await launchProfile(profile);
      const again = await stage.open({ context: after });
      await again.waitForFunction(() => window.waymark.pending === 0);
      await after.close();
      return undefined;
    },
  ],
  [
    "no network, and back",
    2,
    async (stage, slugs) => {
      const page = await stage.open();
      await complete(page, ["before"]);
      await stage.setOffline(true);
      await begin(page, slugs);
      expect(await pending(page)).toBe(2);
      await stage.setOffline(false);
      return page;
    },
  ],
  [
    "503 twice",
    2,
    async (stage, slugs) => {
      const page = await stage.open();
      stage.gate.next.push({ status: 503, retryAfter: 1 }, { status: 503, retryAfter: 1 });
      const start = Date.now();
      expect(await complete(page, slugs)).toEqual(accepted(slugs));
      expect(Date.now() - start).toBeGreaterThanOrEqual(2_000);
      expect(sizes(stage)).toEqual([2, 2, 2]);
      return page;
    },
  ],
  [
    "an answer that is lost",
    2,
    async (stage, slugs) => {
      const page = await stage.open();
      stage.gate.next.push("lose");
      expect(await complete(page, slugs)).toEqual(accepted(slugs));
      expect(sizes(stage)).toEqual([2, 2]);
      expect(stage.gate.arrivals[0]?.ids).toEqual(stage.gate.arrivals[1]?.ids);
      return page;
    },
  ],
  [
    "a token that the service takes no longer, in the middle",
    4,
    async (stage, slugs) => {
      stage.lms.firstIsExpired = true;
      const page = await stage.open();
      expect(await complete(page, slugs.slice(0, 2))).toEqual(accepted(slugs.slice(0, 2)));
      stage.gate.next.push({ status: 401, body: { code: "UNAUTHENTICATED" } });
      expect(await complete(page, slugs.slice(2))).toEqual(accepted(slugs.slice(2)));
      expect(stage.lms.tokens.map(({ why }) => why)).toEqual(["first", "expired", "expired"]);
      return page;
    },
  ],
  [
    "a backlog",
    250,
    async (stage, slugs) => {
      stage.gate.always = { status: 503, retryAfter: 60 };
      const away = await stage.open();
      await begin(away, slugs);
      expect(await pending(away)).toBe(250);
      await eventually(() => expect(stage.gate.arrivals).toHaveLength(1), PATIENCE_MS);
      await away.goto(stage.address({ path: "/plain" }));
      // The page's last breath.
      await eventually(() => expect(stage.gate.arrivals).toHaveLength(2), PATIENCE_MS);
      await away.close();
      stage.gate.arrivals.length = 0;
      stage.gate.always = undefined;
      const page = await stage.open();
      await page.waitForFunction(() => window.waymark.pending === 0);
      expect(sizes(stage)).toEqual([100, 100, 50]);
      return page;
    },
  ],
  [
    "two tabs at the same time",
    40,
    async (stage, slugs) => {
      const [one, two] = [await stage.open(), await stage.open()];
      const answers = await Promise.all([complete(one, slugs.slice(0, 20)), complete(two, slugs.slice(20))]);
      expect(answers.flat()).toEqual(accepted(slugs));
      for (const tab of [one, two]) await tab.waitForFunction(() => window.heard.length >= 40);
      return one;
    },
  ],
  [
    "a frame in a sandbox",
    2,
    async (stage, slugs) => {
      const page = await stage.open({ path: "/frame" });
      const frame = await eventually(() => {
        const found = page.frames().find((each) => each !== page.mainFrame());
        if (!found) throw new Error("The frame is not there yet");
        return found;
      });
      await frame.waitForFunction(() => window.waymark !== undefined);
      expect(await frame.evaluate(() => origin)).toBe("null");
      expect(await frame.evaluate((given) => window.complete(given), slugs)).toEqual(accepted(slugs));
      return undefined;
    },
  ],
  [
    "plain http on a host name",
    2,
    async (stage, slugs) => {
      const page = await stage.open({ host: HOST_NAME });
      expect(await page.evaluate(() => [isSecureContext, typeof crypto.randomUUID, typeof navigator.locks])).toEqual([
        false,
        "undefined",
        "undefined",
      ]);
      expect(await complete(page, slugs)).toEqual(accepted(slugs));
      return page;
    },
  ],
  [
    "a full storage",
    3,
    async (stage, slugs) => {
      const page = await stage.open();
      await page.evaluate(() => {
        for (let size = 1 << 22; size >= 1; size >>= 1)
          try {
            for (let n = 0; ; n++) localStorage.setItem(`${size}/${n}`, "x".repeat(size));
          } catch {}
      });
      stage.gate.next.push({ status: 503, retryAfter: 1 });
      expect(await complete(page, slugs)).toEqual(accepted(slugs));
      return page;
    },
  ],
  [
    "no storage",
    3,
    async (stage, slugs) => {
      stage.addInitScript(() =>
        Object.defineProperty(window, "localStorage", {
          get: () => {
            throw new DOMException("Access is denied", "SecurityError");
          },
        }),
      );
      const page = await stage.open();
      stage.gate.next.push({ status: 503, retryAfter: 1 });
      expect(await complete(page, slugs)).toEqual(accepted(slugs));
      return page;
    },
  ],
  [
    "a storage that the platform clears under us",
    3,
    async (stage, slugs) => {
      const page = await stage.open();
      stage.gate.next.push({ status: 503, retryAfter: 1 });
      const answers = complete(page, slugs);
      await eventually(() => expect(stage.gate.arrivals).toHaveLength(1));
      await page.evaluate(() => localStorage.clear());
      expect(await answers).toEqual(accepted(slugs));
      return page;
    },
  ],
  [
    "a way back through the browser's cache of pages",
    2,
    async (stage, slugs) => {
      const page = await stage.open();
      expect(await complete(page, slugs.slice(0, 1))).toEqual(["accepted"]);
      await page.goto(stage.address({ path: "/plain" }));
      await page.evaluate(() => history.back());
      await page.waitForFunction(() => window.persisted === true);
      expect(await complete(page, slugs.slice(1))).toEqual(["accepted"]);
      return page;
    },
  ],
  [
    "a proxy that takes three events at a time",
    10,
    async (stage, slugs) => {
      stage.gate.always = { maxEvents: 3 };
      const page = await stage.open();
      expect(await complete(page, slugs)).toEqual(accepted(slugs));
      return page;
    },
  ],
  [
    "a clock that is an hour slow",
    1,
    async (stage, slugs) => {
      stage.addInitScript(() => {
        const { now } = Date;
        Date.now = () => now() - 3_600_000;
      });
      const page = await stage.open();
      await complete(page, ["before"]);
      expect(await complete(page, slugs)).toEqual(["accepted"]);
      const times = await page.evaluate(() => window.heard.map(({ module }) => Date.parse(module.completed_at)));
      expect(Math.abs((times[0] as number) - (Date.now() - 3_600_000))).toBeLessThan(60_000);
      expect(Math.abs((times[1] as number) - Date.now())).toBeLessThan(60_000);
      const next = await stage.open();
      await complete(next, ["on the next page"]);
      return page;
    },
  ],
];

describe.skipIf(!hasBrowser)(`what a page tracked arrives, and counts once, ${BROWSER}:`, () => {
  let stage: Stage;
  eachOnAStage((opened) => {
    stage = opened;
  });

  it.each(STORIES)("%s", async (_, count, story) => {
    const slugs = modules(count);
    const page = await story(stage, slugs);
    await eventually(async () => expect(await stage.counted()).toMatchObject(once(slugs)), PATIENCE_MS);
    for (const times of Object.values(await stage.counted())) expect(times).toBe(1);
    if (page === undefined) return;
    await page.waitForFunction(() => window.waymark.pending === 0);
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    // What the page reads is what the service has.
    const last = slugs.at(-1) as string;
    expect(await page.evaluate((slug) => window.waymark.module(slug), last)).toMatchObject({ status: "completed" });
  });
});
