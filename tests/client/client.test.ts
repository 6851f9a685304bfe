import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { BROWSER, hasBrowser } from "./support/browser.ts";
import { eachOnAStage, eventually, PATIENCE_MS, type Stage } from "./support/stage.ts";

const complete = (page: Page, ...slugs: string[]) => page.evaluate((given) => window.complete(given), slugs);
const begin = (page: Page, ...slugs: string[]) => page.evaluate((given) => void window.complete(given), slugs);
const pending = (page: Page) => page.evaluate(() => window.waymark.pending);
const storedKeys = (page: Page) => page.evaluate(() => Object.keys(localStorage));

describe.skipIf(!hasBrowser)(`the client, ${BROWSER},`, () => {
  let stage: Stage;
  eachOnAStage((opened) => {
    stage = opened;
  });

  it("keeps what one learner tracked from another on the same computer, whose id begins alike", async () => {
    const [first, second] = [stage.learner, `${stage.learner}"]x`];
    stage.gate.always = { status: 503, retryAfter: 60 };
    const before = await stage.open();
    await begin(before, "m-1", "m-2");
    await eventually(() => expect(stage.gate.arrivals).toHaveLength(1), PATIENCE_MS);
    await before.goto(stage.address({ path: "/plain" }));
    // The page's last breath.
    await eventually(() => expect(stage.gate.arrivals).toHaveLength(2), PATIENCE_MS);
    await before.close();
    stage.gate.always = undefined;
    stage.gate.arrivals.length = 0;

    const other = await stage.open({ learner: second });
    expect(await pending(other)).toBe(0);
    expect(await complete(other, "m-3")).toEqual(["accepted"]);
    await other.evaluate(() => window.waymark.signOut());
    expect(stage.gate.arrivals.map(({ ids }) => ids.length)).toEqual([1]);
    expect(await other.evaluate(() => window.heard.length)).toBe(1);
    await other.close();

    const again = await stage.open();
    await again.waitForFunction(() => window.waymark.pending === 0);
    expect(await stage.counted(first)).toEqual({ "m-1": 1, "m-2": 1 });
    expect(await stage.counted(second)).toEqual({ "m-3": 1 });
  });

  it("rejects what the service refuses, with its code and what is missing, and goes on", async () => {
    const page = await stage.open();
    const refused = await page.evaluate(() =>
      window.waymark.track("learning_course_completed", { course_slug: "calm-on-call" }).catch((error) => ({
        name: error.name,
        code: error.code,
        message: error.message,
        missing: error.missing.map(({ slug }: { slug: string }) => slug),
      })),
    );
    expect(refused).toEqual({
      name: "WaymarkError",
      code: "COMPLETION_NOT_REACHED",
      message: "Course not actually complete: 0/3 modules completed",
      missing: ["breathing_exercise", "emotion_labeling", "quick_assessment"],
    });
    expect(await complete(page, "m-1")).toEqual(["accepted"]);
    expect(await pending(page)).toBe(0);
  });

  it("keeps and sends nothing without consent, and all from then on", async () => {
    const page = await stage.open({ undecided: true });
    expect(await complete(page, "m-1")).toEqual(["none"]);
    expect(await storedKeys(page)).toEqual([]);
    await page.evaluate(() => window.waymark.enable());
    expect(await complete(page, "m-2")).toEqual(["accepted"]);
    expect(await stage.counted()).toEqual({ "m-2": 1 });
    expect(stage.gate.arrivals).toHaveLength(1);
  });

  it("signs out: sends what it can, keeps the rest for this learner, and ends", async () => {
    const page = await stage.open();
    stage.gate.always = { status: 503, retryAfter: 60 };
    await begin(page, "m-1");
    await eventually(() => expect(stage.gate.arrivals).toHaveLength(1), PATIENCE_MS);
    await page.evaluate(() => window.waymark.signOut());
    expect(await complete(page, "m-2")).toEqual(["none"]);
    expect(await storedKeys(page)).toHaveLength(1);
    stage.gate.always = undefined;
    const next = await stage.open();
    await next.waitForFunction(() => window.waymark.pending === 0);
    expect(await stage.counted()).toEqual({ "m-1": 1 });
  });

  it("keeps no token, neither in storage nor in an address", async () => {
    stage.gate.next.push({ status: 503, retryAfter: 60 });
    const page = await stage.open();
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await begin(page, "m-1");
    await page.evaluate(() => window.waymark.progress());
    await eventually(() => expect(stage.gate.arrivals).toHaveLength(1), PATIENCE_MS);
    const kept = JSON.stringify(await page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).toContain("m-1");
    // A JSON Web Token begins with a JSON object.
    expect(kept).not.toMatch(/eyJ/);
    expect(addresses.join()).not.toMatch(/eyJ/);
  });

  it("gives up after five answers that make no sense, keeps what waits, and tries again when it is asked to", async () => {
    stage.addInitScript(() => {
      Math.random = () => 0;
      // The waits between the tries would take half a minute.
      const { setTimeout: real } = window;
      window.setTimeout = ((work: () => void, ms = 0) => real(work, ms / 100)) as typeof setTimeout;
    });
    stage.gate.always = "garbage";
    const page = await stage.open();
    await begin(page, "m-1");
    await eventually(() => expect(stage.gate.arrivals).toHaveLength(5), PATIENCE_MS);
    await page.waitForTimeout(1_000);
    expect(stage.gate.arrivals).toHaveLength(5);
    stage.gate.always = undefined;
    expect(await page.evaluate(() => window.waymark.flush())).toBe(0);
    expect(await stage.counted()).toEqual({ "m-1": 1 });
  });

  it("refuses one event of a batch that a proxy does not let through, and sends the others", async () => {
    stage.gate.next.push({ status: 400 }, { status: 400 }, { delayMs: 0 });
    const page = await stage.open();
    expect(await complete(page, "m-1", "m-2")).toEqual(["HTTP_400", "accepted"]);
  });

  it("hears the answers to other tabs' events", async () => {
    const [one, two] = [await stage.open(), await stage.open()];
    await complete(one, "m-1");
    await two.waitForFunction(() => window.heard.length === 1);
    expect(await two.evaluate(() => window.heard[0].module.slug)).toBe("m-1");
    expect(stage.gate.arrivals).toHaveLength(1);
  });

  it("sends 60 KB at most when the page goes, and the rest on the next", async () => {
    const page = await stage.open();
    await complete(page, "before");
    stage.gate.next.push({ status: 503, retryAfter: 60 });
    await page.evaluate(() => {
      for (const n of [1, 2, 3, 4, 5])
        void window.waymark
          .track("learning_module_completed", { module_slug: `m-${n}`, completion_data: "x".repeat(25_000) })
          .catch(() => {});
    });
    await eventually(() => expect(stage.gate.arrivals).toHaveLength(2), PATIENCE_MS);
    await page.goto(stage.address({ path: "/plain" }));
    await eventually(() => expect(stage.gate.arrivals).toHaveLength(3), PATIENCE_MS);
    expect(stage.gate.arrivals[2]?.ids).toHaveLength(2);
    expect(stage.gate.arrivals[2]?.bytes).toBeLessThan(64_000);
    const next = await stage.open();
    await next.waitForFunction(() => window.waymark.pending === 0);
    expect(Object.values(await stage.counted())).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
