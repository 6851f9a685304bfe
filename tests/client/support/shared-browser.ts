import type { Browser, BrowserContext, Page } from "playwright-core";
import { launch } from "./browser.ts";

type Shared = { browser: Browser; context: BrowserContext; window: Page };

/** A machine that does much else is slow, and that is nobody's fault. */
export const PATIENCE_MS = 240_000;

// Chromium's first page in a context takes seconds of processor time, because it brings a window and all that belongs
// to it; every other page of that window takes a tenth. So one window stays open for all test files of a worker, and
// ends with its process.
let shared: Promise<Shared> | undefined;

async function open(): Promise<Shared> {
  const browser = await launch();
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  return { browser, context, window: await context.newPage() };
}

/** The context that tests share, with no page open, no cookie, and nothing that the page of an origin kept. */
export async function freshContext(...origins: string[]): Promise<BrowserContext> {
  shared ??= open();
  const { context, window } = await shared;
  await Promise.all(context.pages().map((page) => page === window || page.close()));
  await context.setOffline(false);
  await context.clearCookies();
  await context.clearPermissions();
  const session = await context.newCDPSession(window);
  for (const origin of origins) await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  await session.detach();
  return context;
}

/** The window's own page, which is there already: blank, of the usual size, and with nobody listening to it. */
export async function freshPage(...origins: string[]): Promise<Page> {
  await freshContext(...origins);
  const { window } = await (shared as Promise<Shared>);
  for (const event of ["console", "pageerror", "request"]) await window.removeAllListeners(event);
  await window.unrouteAll();
  await window.goto("about:blank");
  await window.emulateMedia({ colorScheme: null });
  await window.setViewportSize({ width: 1_280, height: 720 });
  return window;
}
