import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectWellLooking } from "../client/support/axe.ts";
import { BROWSER, hasBrowser } from "../client/support/browser.ts";
import { freshPage } from "../client/support/shared-browser.ts";
import { createIssuer } from "../support/builders/tokens.ts";

import { type ServiceHere, startServiceHere } from "../support/processes/service-here.ts";

describe.skipIf(!hasBrowser)(`the sample LMS ${BROWSER}`, () => {
  let service: ServiceHere;
  const errors: string[] = [];
  beforeAll(async () => {
    service = await startServiceHere({ CONTENT_DIR: "content", LOG_LEVEL: "ERROR" });
  });
  afterAll(() => service.close());
  afterEach(async () => {
    // What it still had under way is over with it.
    await freshPage();
    // A policy that is broken, or a script that fails, says so here.
    expect(errors.splice(0)).toEqual([]);
  });

  let learners = 0;
  const open = async (hash: string): Promise<Page> => {
    const page = await freshPage(service.url);
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security Policy") && errors.push(message.text()));
    await page.goto(service.url + hash);
    await page.locator("#main h1").waitFor();
    await sitDown(page, `learner ${++learners}`);
    return page;
  };
  const sitDown = async (page: Page, learner: string) => {
    await page.getByLabel("Learner", { exact: true }).fill(learner);
    await page.getByRole("button", { name: "Switch" }).click();
    await heard(page, `${learner} sits here now`);
  };
  const click = (page: Page, name: string) => page.getByRole("button", { name }).click();
  const heard = (page: Page, words: string) => page.locator("#news", { hasText: words }).waitFor();

  it("tells the whole story: start, step, quiz, lab, score, complete, a claim refused, why, a claim accepted", async () => {
    const page = await open("/#/course/operator-certificate");
    await click(page, "Claim that it is complete");
    await heard(page, "Refused. COMPLETION_NOT_REACHED: Course not actually complete: 0/4 modules completed");
    await page.locator("waymark-missing li").nth(3).waitFor();

    await page.getByRole("link", { name: "Preparing Your Workspace" }).click();
    await click(page, "Start");
    await heard(page, "is started");
    for (const step of ["accounts", "tools", "access", "first-login"]) {
      await click(page, `Take the step “${step}”`);
      await page.locator(".row", { hasText: step }).getByText("✓ Taken").waitFor();
    }
    await page.locator("waymark-badge", { hasText: "Complete" }).waitFor();

    await page.goto(`${service.url}/#/module/securing-a-switch?course=operator-certificate`);
    for (const answer of [
      "SSH",
      "They are shut down",
      "Operators with",
      "The configuration pipeline",
      "Revoke the key",
    ])
      await page.getByLabel(answer).check();
    await click(page, "Hand it in");
    await page.getByText("✓ Passed").waitFor();
    const lab = page.locator("section", { hasText: "Task: securing-lab" });
    await lab.getByRole("button", { name: "I have done it" }).click();
    await page.locator("waymark-badge", { hasText: "Complete" }).waitFor();

    await page.goto(`${service.url}/#/module/operator-capstone?course=operator-certificate`);
    await click(page, "Send the scores");
    await page.locator("waymark-badge", { hasText: "Complete" }).waitFor();

    await page.goto(`${service.url}/#/module/leading-a-maintenance-window?course=operator-certificate`);
    await click(page, "Mark it as complete");
    await heard(page, "Now complete: ");

    await page.getByRole("link", { name: "Operator Certificate" }).click();
    await page.locator("waymark-missing", { hasText: "Nothing is missing." }).waitFor();
    await click(page, "Claim that it is complete");
    await heard(page, "Accepted.");
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("cell", { name: "refused" }).first().waitFor();
    await page.getByRole("cell", { name: "securing-a-switch" }).first().waitFor();
  });

  it("reviews a card, and keeps a session", async () => {
    const page = await open("/#/module/handing-over-to-madrid");
    await click(page, "Mark it as complete");
    await heard(page, "is completed");
    await page.getByRole("link", { name: "Cards" }).click();
    const card = page.locator("main li", { hasText: "el turno" });
    await card.getByText("Turn it").click();
    await card.getByRole("button", { name: "Easy" }).click();
    await heard(page, "Accepted.");
    await card.getByText("reviewed 1 ×").waitFor();
    await page.getByRole("link", { name: "Sessions" }).click();
    await click(page, "Begin a session");
    await page.getByRole("cell", { name: "study" }).waitFor();
    await click(page, "End the session");
    await page.getByRole("cell", { name: /^\d+ s$/ }).waitFor();
  });

  it.each([
    ["Offline: nothing leaves the page", "no connection"],
    ["503: the store cannot take events", "STORE_UNAVAILABLE"],
  ])("keeps what is done under “%s” until all is well", async (fault, shown) => {
    const page = await open("/#/module/preparing-your-workspace");
    await page.getByLabel(fault).check();
    await click(page, "Take the step “tools”");
    await page.getByText("Kept here until sent: 1").waitFor();
    await page.locator("#log", { hasText: shown }).waitFor();
    await page.getByLabel("All is well").check();
    await page.getByText("Nothing waits").waitFor();
    await page.locator(".row", { hasText: "tools" }).getByText("✓ Taken").waitFor();
  });

  it.each([
    ["/#/toString", "Pathways"],
    ["/#/hasOwnProperty/ruby", "Pathways"],
    ["/#/course/%", "This cannot be shown now."],
    ["/#/pathway/__proto__", "There is no pathway “__proto__”."],
  ])("says of the address %s what is wrong, or shows the catalog", async (hash, text) => {
    const page = await open(hash);
    await page.locator("main h1, main h2", { hasText: text }).first().waitFor();
  });

  it("asks for how far one is with all that the catalog lists once", async () => {
    const page = await open("/#/");
    const bar = page.locator("li", { hasText: "Operator Certificate" }).getByRole("progressbar");
    await bar.waitFor();
    expect(
      await bar.evaluate((each: HTMLProgressElement) => [each.value, each.max, each.labels?.[0]?.textContent]),
    ).toEqual([0, 4, "Operator Certificate0 of 4 done"]);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.locator("main waymark-progress").last().getByText("done").waitFor();
    expect(asked.filter((path) => path.startsWith("/learners/"))).toEqual(["/learners/ada/summary"]);
  });

  it("keeps what is done while the service is slow, and says so", async () => {
    const page = await open("/#/module/preparing-your-workspace");
    // The page's pauses pass four times as fast, in the same order.
    await page.evaluate(() => {
      const { setTimeout } = window;
      Object.assign(window, { setTimeout: (run: () => void, ms = 0) => setTimeout(run, ms / 4) });
    });
    await page.getByLabel("Slow: five seconds per answer").check();
    await click(page, "Take the step “tools”");
    await page.locator("#log", { hasText: "… POST /events/track" }).waitFor();
    await heard(page, "No answer yet. It is kept in this browser until there is one.");
    await page.getByText("Kept here until sent: 1").waitFor();
    await heard(page, "is started");
    await page.getByLabel("All is well").check();
    await page.getByText("Nothing waits").waitFor();
    await page.locator(".row", { hasText: "tools" }).getByText("✓ Taken").waitFor();
  });

  it("asks again after a token that has expired, and hears another tab", async () => {
    const page = await open("/#/module/preparing-your-workspace");
    await page.getByLabel("The token has expired").check();
    await click(page, "Take the step “tools”");
    await page.locator(".row", { hasText: "tools" }).getByText("✓ Taken").waitFor();
    await page.locator("#log", { hasText: "UNAUTHENTICATED" }).waitFor();
    expect(await page.getByLabel("All is well").isChecked()).toBe(true);
    await click(page, "Learn in another tab");
    await page.locator("#log", { hasText: "learning_module_started" }).waitFor();
  });

  /** Tabs to what has this name, as somebody without a mouse does. */
  const tabTo = async (page: Page, name: string | RegExp) => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        let element = document.activeElement as HTMLElement | null;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement as HTMLElement;
        const label = (element as HTMLInputElement | null)?.labels?.[0];
        return (label ?? element)?.textContent?.trim() ?? "";
      });
      if (typeof name === "string" ? focused === name : name.test(focused)) return;
    }
    throw new Error(`Nothing called ${name} is reached by Tab`);
  };
  const pressed = async (page: Page, name: string | RegExp, key = "Enter") => {
    await tabTo(page, name);
    await page.keyboard.press(key);
  };

  it("works by keyboard alone, every flow, and leaves the focus where it is", async () => {
    const page = await open("/#/course/operator-certificate");
    await pressed(page, "Claim that it is complete");
    await heard(page, "Refused. COMPLETION_NOT_REACHED");
    await pressed(page, "Preparing Your Workspace");
    await pressed(page, "Start");
    await heard(page, "is started");
    await pressed(page, "Take the step “access”");
    await page.locator(".row", { hasText: "access" }).getByText("✓ Taken").waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("access");

    await page.goto(`${service.url}/#/module/securing-a-switch`);
    await page.getByRole("heading", { name: "Securing a Switch" }).waitFor();
    // A group of radio buttons is one stop, and arrows choose in it.
    await pressed(page, /^Telnet|SSH|FTP|HTTP/, "ArrowDown");
    expect(await page.locator("main input[type=radio]:checked").count()).toBe(1);
    await pressed(page, "Hand it in");
    await heard(page, "Accepted.");
    await pressed(page, "I have done it");
    await page.locator("section", { hasText: "Task: securing-lab" }).getByText("✓ Passed").waitFor();

    await page.goto(`${service.url}/#/module/operator-capstone`);
    await page.getByRole("heading", { name: "Operator Capstone" }).waitFor();
    await pressed(page, "Send the scores");
    await page.locator("waymark-badge", { hasText: "Complete" }).waitFor();
    await page.goto(`${service.url}/#/module/handing-over-to-madrid`);
    await page.getByRole("heading", { name: "Handing Over to Madrid" }).waitFor();
    await pressed(page, "Mark it as complete");
    await heard(page, "is completed");

    await page.goto(`${service.url}/#/cards`);
    await page.locator("main li", { hasText: "el turno" }).waitFor();
    await pressed(page, "Turn it");
    await pressed(page, "Easy");
    await page.getByText("reviewed 1 ×").waitFor();
    await page.goto(`${service.url}/#/sessions`);
    await pressed(page, "Begin a session");
    await page.getByRole("cell", { name: "study" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("cell", { name: /^\d+ s$/ }).waitFor();
  });

  it("leaves a card turned, and the focus on it, when it reads the cards again", async () => {
    const page = await open("/#/module/handing-over-to-madrid");
    await click(page, "Mark it as complete");
    await heard(page, "is completed");
    await page.goto(`${service.url}/#/cards`);
    const card = page.locator("main li", { hasText: "el turno" });
    await card.waitFor();
    await pressed(page, "Turn it");
    await page.locator("main").evaluate((main) => main.querySelectorAll("li")[0]?.setAttribute("class", "old"));
    // As an answer in another tab does.
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await page.locator("main li.old").waitFor({ state: "detached" });
    expect(await page.locator("main details[open]").count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Turn it");
  });

  const PAGES = [
    "/#/",
    "/#/course/calm-on-call",
    "/#/module/securing-a-switch",
    "/#/cards",
    "/#/history",
    "/#/sessions",
  ];
  it.each(PAGES)(
    "axe finds nothing on %s, light and dark, wide and narrow, and nothing is wider than the window",
    async (address) => {
      const page = await open(address);
      await page.waitForLoadState("networkidle");
      await expectWellLooking(page);
    },
  );
});

describe.skipIf(!hasBrowser)(`the sample LMS of a service with an issuer ${BROWSER}`, () => {
  it("asks for a token, is the learner whom it names, and keeps it out of storage and addresses", async () => {
    const issuer = await createIssuer();
    const claim = 'https://lms.example.com/"learner"&';
    const variables = { ...issuer.variables, AUTH_LEARNER_CLAIM: claim };
    const service = await startServiceHere({ ...variables, CONTENT_DIR: "content", LOG_LEVEL: "ERROR" });
    const page = await freshPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${service.url}/#/module/preparing-your-workspace`);
    const token = await issuer.mint({ sub: "u-77", [claim]: "Gráce" });
    await page.getByRole("textbox", { name: "Token" }).fill(token);
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByRole("button", { name: "Take the step “tools”" }).click();
    await page.locator(".row", { hasText: "tools" }).getByText("✓ Taken").waitFor();
    expect(await page.getByLabel("Learner", { exact: true }).inputValue()).toBe("Gráce");
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect([kept, ...asked].filter((text) => text.includes(token))).toEqual([]);
    await service.close();
  });
});

describe("the sample LMS's files", () => {
  it("are not there where they are switched off", async () => {
    const service = await startServiceHere({ PAGES: "off", LOG_LEVEL: "ERROR" });
    expect((await service.get("/")).status).toBe(404);
    expect((await service.get("/operator")).status).toBe(404);
    expect((await service.get("/waymark.js")).status).toBe(200);
    await service.close();
  });
});
