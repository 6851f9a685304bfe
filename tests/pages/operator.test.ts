import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectWellLooking, LOOKS, type Look } from "../client/support/axe.ts";
import { BROWSER, hasBrowser } from "../client/support/browser.ts";
import { freshPage } from "../client/support/shared-browser.ts";
import { eventually } from "../client/support/stage.ts";
import { bearer, createIssuer } from "../support/builders/tokens.ts";
import { completedModule, event } from "../support/processes/service.ts";
import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";

const HOSTILE = `<img src=x onerror="window.hacked=1">`;
const MODULES = [
  "accessing-vlab-with-gcp",
  "touring-the-virtual-fabric",
  "reading-switch-health",
  "creating-your-first-vpc",
];
const today = new Date().toISOString();

// One page for all of it: a page of Chromium takes its time.
describe.skipIf(!hasBrowser)(`the operator's pages ${BROWSER}`, () => {
  let service: ServiceHere;
  let page: Page;
  const [errors, asked]: [string[], string[]] = [[], []];
  let token: string;

  beforeAll(async () => {
    const issuer = await createIssuer();
    service = await startServiceHere({ ...issuer.variables, CONTENT_DIR: "content", LOG_LEVEL: "ERROR" });
    const writer = await issuer.mint({ sub: "lms", scope: "waymark:write" });
    const of = (learner: string) => MODULES.map((slug) => completedModule(learner, slug, today));
    const reset = { course_slug: "calm-on-call", reason: HOSTILE };
    const events = [
      ...["ada", "grace", HOSTILE].flatMap(of),
      event("course_completed", "ada", { course_slug: "operator-certificate" }),
      event("course_waived", "ada", reset),
    ];
    const sent = await service.post({ events }, bearer(writer));
    expect(sent.body.results.filter(({ status }: { status: string }) => status === "refused")).toHaveLength(1);
    token = await issuer.mint({ sub: "operator", scope: "waymark:read" });

    page = await freshPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security Policy") && errors.push(message.text()));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${service.url}/operator`);
  });
  afterAll(() => service.close());

  const go = async (hash: string, text: string) => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await page.locator("main", { hasText: text }).waitFor();
    await page.locator("main [aria-busy]").waitFor({ state: "detached" });
  };
  const table = (name: string) => page.getByRole("region", { name, exact: true });
  const firstCells = (name: string) => table(name).locator("tbody td:first-child").allTextContents();

  it("needs no token, and lets no other page show it or run anything in it", async () => {
    const { status, headers } = await service.get("/operator");
    expect(status).toBe(200);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    const text = (await service.get("/operator")).text;
    expect(text).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/);
    expect((await service.get("/runs")).status).toBe(401);
  });

  it("asks for a token, keeps it in memory alone, and shows completions over time", async () => {
    await page.getByRole("textbox", { name: "Token" }).fill(token);
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("4 completions: the last 90 days").waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect([kept, ...asked].filter((text) => text.includes(token))).toEqual([]);
    const row = table("Completions by course and pathway").getByRole("row", { name: /Hedgehog Lab Foundations/ });
    expect(await row.getByRole("cell").nth(2).textContent()).toBe("3");
    expect(await row.getByRole("img").getAttribute("aria-label")).toBe("Hedgehog Lab Foundations: 3, the last 90 days");
    await page.getByLabel("Over").selectOption("30");
    await page.getByText("4 completions: the last 30 days, by day").waitFor();
  });

  it("sorts by its heads and filters by a text, by keyboard alone", async () => {
    const name = "Completions by course and pathway";
    await page.getByLabel(`Filter: ${name}`).focus();
    await page.keyboard.type("calm");
    await page.getByText("(1 match)").waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    for (const _ of ["the table", "type", "title", "completions"]) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    const head = table(name).getByRole("columnheader", { name: "Completions" });
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    const counts = (await table(name).locator("td.number").allTextContents()).map(Number);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Completions");
  });

  it("explains one learner's flag by facts, decisions, terms and definition", async () => {
    await page.getByRole("link", { name: "Learner" }).click();
    await page.getByLabel("Learner").fill("ada");
    await page.keyboard.press("Enter");
    await page.getByText("What this learner touched").waitFor();
    await page.getByText("claim, refused").waitFor();
    await page.getByRole("link", { name: "Explain course Hedgehog Lab Foundations" }).click();
    await page.getByRole("heading", { name: "Facts" }).waitFor();
    expect(await table("Facts in order of time").locator("tbody tr").count()).toBe(4);
    expect(await table("Completed terms").locator("tbody tr").count()).toBe(1);
    await go("#/learner/ada/course/calm-on-call", HOSTILE);
    expect(await table("Decisions in order of time").getByRole("cell").nth(2).textContent()).toBe("lms");
  });

  it("counts refused claims by reason and page", async () => {
    await go("#/refused", "1 refused claim of 3 learners.");
    const cells = table("Refused claims by reason and page").locator("tbody td");
    expect((await cells.allTextContents()).slice(0, 4)).toEqual([
      "COMPLETION_NOT_REACHED",
      "course operator-certificate",
      "1",
      "1",
    ]);
  });

  it("shows runs with what they changed by course and by learner", async () => {
    await go("#/runs", "backfill-example");
    await page.getByRole("link", { name: "backfill-example" }).click();
    await page.getByText("Dry: nothing was written").waitFor();
    expect(await firstCells("Changes by learner")).toContain("2002");
    expect(await table("Failures").locator("tbody tr").count()).toBe(1);
  });

  it("shows the catalog with its faults, and says what it cannot compare", async () => {
    await go("#/catalog", "None: what is published is what the service decides by.");
    expect(await table("Pathways, courses and modules").locator("tbody tr").count()).toBe(44);
    await page.getByText("There is no other yet to compare this one with.").waitFor();
  });

  it.each([
    ["#/learner/%", "This address is cut short or was mistyped."],
    ["#/learner/%E2%82", "This address is cut short or was mistyped."],
    ["#/learner/a%00b", "form. id: Expected well-formed text without control characters."],
    ["#/run/..%2Fetc", "NOT_FOUND: There is no such run"],
    ["#/constructor", "completions: the last 90 days"],
  ])("says of %s what is wrong, or shows the first page", async (hash, text) => {
    await go("#/learner", "One learner");
    await go(hash, text);
  });

  it("shows how any two versions of the catalog differ", async () => {
    const { version } = (await service.get("/catalog", bearer(token))).body;
    const versions = [version, "beef", "cafe", "f00d"].map((each) => ({ version: each, published_at: today }));
    const content = (title: string) => ({ version: "", pathways: [], courses: [{ slug: "ruby", title }], modules: [] });
    await page.route(/\/catalog\/versions$/, (route) => route.fulfill({ json: { versions } }));
    await page.route(/\/catalog\?version=beef$/, (route) => route.fulfill({ json: content(HOSTILE) }));
    await page.route(/\/catalog\?version=cafe$/, (route) => route.fulfill({ json: content("Ruby") }));
    await go("#/learner", "One learner");
    await go("#/catalog", "Versions: 4");
    // What was before stands against what is now, until somebody chooses others.
    await page.getByRole("button", { name: "Compare" }).click();
    await table(`From beef to ${version}`).getByText("added").first().waitFor();
    await page.getByRole("combobox", { name: "From", exact: true }).selectOption("cafe");
    await page.getByRole("combobox", { name: "To", exact: true }).selectOption("beef");
    await page.getByRole("button", { name: "Compare" }).click();
    await table("From cafe to beef")
      .getByText(`title: "Ruby" → ${JSON.stringify(HOSTILE)}`)
      .waitFor();
    await page.getByRole("combobox", { name: "From", exact: true }).selectOption("beef");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("The two say the same.").waitFor();
    // Gone since the list was read.
    await page.getByRole("combobox", { name: "From", exact: true }).selectOption("f00d");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("alert").filter({ hasText: "NOT_FOUND" }).waitFor();
    await page.unrouteAll({ behavior: "wait" });
  });

  describe("where the service is slow, or fails for a while", () => {
    const [ids, change] = [
      Array.from({ length: 100 }, (_, index) => `l-${index}`),
      { before: false, after: true, completed_at_before: null, completed_at_after: today },
    ];
    /** Answers to a path in the service's place; an error is a connection that breaks. */
    const answer = (path: RegExp, answers: (url: URL) => object | Error | Promise<object>) =>
      page.route(path, async (route) => {
        const json = await answers(new URL(route.request().url()));
        await (json instanceof Error ? route.abort() : route.fulfill({ json }));
      });
    /** Fails once in all, and then never again. */
    const onceBroken = (json: object) => {
      let times = 0;
      return () => (times++ === 0 ? new Error("broken") : json);
    };
    afterEach(() => page.unrouteAll({ behavior: "wait" }));

    it("looks at the learners whose histories could not be read, once each", async () => {
      await answer(/\/learners\?/, ({ searchParams }) =>
        searchParams.has("cursor")
          ? { learners: ["late"], next_cursor: null }
          : { learners: ids, next_cursor: "behind-them" },
      );
      const attempts = [{ occurred_at: today, refused: true, code: "MODULE_LOCKED", reason: "no", module_slug: "m" }];
      await answer(/\/learners\/l-\d+\/history/, ({ pathname }) => ({
        attempts: pathname.includes("/l-7/") ? attempts : [],
      }));
      await answer(/\/learners\/late\/history/, onceBroken({ attempts }));
      await go("#/refused", "1 refused claim of 100 learners; there are more learners.");
      await page.getByRole("button", { name: "Look at more learners" }).click();
      await page.getByRole("status").filter({ hasText: "Failed to fetch" }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByText("2 refused claims of 101 learners.").waitFor();
      expect(await page.getByRole("button", { name: "Look at more learners" }).count()).toBe(0);
      await go("#/", "completions: the last 90 days");
    });

    it("shows what was asked for last, also where an earlier answer comes after it", async () => {
      await go("#/", "completions: the last 90 days");
      const monthsAgo = new Date(Date.now() - 100 * 86_400_000).toISOString();
      let letGo = () => {};
      const held = new Promise<void>((done) => {
        letGo = done;
      });
      let late = 0;
      const { courses, pathways } = (await service.get("/health", bearer(token))).body.counts;
      await answer(/\/completions\?/, async ({ searchParams }) => {
        const isLate = String(searchParams.get("since")) < monthsAgo;
        if (isLate) await held;
        if (isLate) late++;
        return { completions: [], next_cursor: null };
      });
      await page.getByLabel("Over").selectOption("365");
      await page.getByLabel("Over").selectOption("30");
      await page.getByText("0 completions: the last 30 days, by day").waitFor();
      letGo();
      await eventually(() => expect(late).toBe(courses + pathways));
      await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
      expect(await page.getByText("0 completions: the last 30 days, by day").count()).toBe(1);
    });

    it("adds a run's next learners once, however often it is clicked, and when it failed before", async () => {
      const runOf = (learner: string, next_cursor: string | null) => ({
        id: "long",
        kind: "backfill",
        dry_run: false,
        started_at: today,
        ended_at: today,
        changes: [{ learner_id: learner, changes: [{ type: "course", slug: "ruby", ...change }] }],
        failures: [],
        next_cursor,
      });
      await answer(/\/runs\/long\?limit=200$/, () => runOf("first", "next"));
      await answer(/\/runs\/long\?.*cursor=next/, onceBroken(runOf("second", "last")));
      await answer(/\/runs\/long\?.*cursor=last/, () => runOf("third", null));
      await go("#/run/long", "Read more learners");
      const more = page.getByRole("button", { name: "Read more learners" });
      await more.click();
      await page.getByRole("status").filter({ hasText: "Failed to fetch" }).waitFor();
      await more.evaluate((button) => {
        for (let click = 0; click < 3; click++) (button as HTMLElement).click();
      });
      await table("Changes by learner").getByText("second").waitFor();
      expect(await firstCells("Changes by learner")).toEqual(["first", "second"]);
      await page.keyboard.press("Enter");
      await table("Changes by learner").getByText("third").waitFor();
      expect(await firstCells("Changes by learner")).toEqual(["first", "second", "third"]);
    });

    it.each([
      [
        "#/",
        /\/completions\?/,
        { completions: [{ learner_id: "ada", completed_at: today }], next_cursor: "more" },
        "or more completions: the last 90 days",
      ],
      ["#/expiring", /\/completions\?/, { completions: [], next_cursor: "more" }, "These and more"],
      ["#/runs", /\/runs\?/, { runs: [], next_cursor: "more" }, "and there are more"],
    ])("says at %s that there is more than it has read", async (hash, path, json, text) => {
      await go("#/learner", "One learner");
      await answer(path, () => json);
      await go(hash, text);
      if (hash === "#/")
        expect(await table("Completions by course and pathway").getByText("or more").count()).toBeGreaterThan(0);
      if (hash === "#/")
        expect(
          await table("Completions by course and pathway").locator("tbody td:last-child").first().textContent(),
        ).toBe("—");
    });
  });

  it.each([
    ["#/expiring", "No completion ends before then."],
    ["#/learner/nobody", "Nothing is known of this learner."],
    ["#/run/nothing", "NOT_FOUND"],
    ["#/learner/ada/course/nothing", "NOT_FOUND"],
    ["#/constructor", "Completions"],
  ])("says at %s what there is none of", (hash, text) => go(hash, text));

  it("takes what others wrote as text", async () => {
    await go(`#/learner/${encodeURIComponent(HOSTILE)}`, HOSTILE);
    await go(`#/run/${encodeURIComponent(HOSTILE)}`, "NOT_FOUND");
    await go(`#/learner/ada/${encodeURIComponent(HOSTILE)}/x`, "NOT_FOUND");
    expect(
      await page.evaluate(() => [window.hacked, document.querySelectorAll("main :is(img, script)").length]),
    ).toEqual([undefined, 0]);
  });

  const looksWell = async (looks: readonly Look[]) => {
    await expectWellLooking(page, { looks });
    expect(errors).toEqual([]);
  };
  it.each([
    ["#/", "completions: the last 90 days"],
    ["#/refused", "Refused claims"],
    ["#/catalog", "Now"],
    ["#/runs", "backfill-example"],
    ["#/run/backfill-example", "Failures"],
    ["#/learner/ada", "History"],
    ["#/learner/ada/course/calm-on-call", "Definition"],
  ])("axe finds nothing at %s, light and dark, wide and narrow", async (hash, text) => {
    await go(hash, text);
    await looksWell(LOOKS);
  });

  it("axe finds nothing at /api, whose links lead to what they name", async () => {
    await page.goto(`${service.url}/api`);
    await looksWell([LOOKS[0], LOOKS[3]]);
    await page.getByRole("link", { name: "GET /runs/{run}" }).click();
    expect(await page.evaluate(() => document.querySelector(":target h3")?.textContent)).toBe("GET /runs/{run}");
  });
});
