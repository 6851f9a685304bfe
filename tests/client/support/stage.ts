import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Waymark } from "../../../src/client/types.ts";
import { createIssuer, type Issuer } from "../../support/builders/tokens.ts";
import { eventually, type Json } from "../../support/processes/service.ts";
import { type ServiceHere, startServiceHere } from "../../support/processes/service-here.ts";
import { type Gate, openGate } from "./gate.ts";
import { type Lms, openLms } from "./lms.ts";
import { freshContext, PATIENCE_MS } from "./shared-browser.ts";

declare global {
  interface Window {
    waymark: Waymark;
    heard: Json[];
    violations: string[];
    /** Slugs that the stand-in of a service was asked for. */
    reads: string[];
    /** That stand-in, as a client. */
    fake: Waymark;
    hacked: unknown;
    persisted: boolean;
    /** Completes modules. @returns of each the answer's status, or the code of its refusal */
    complete(slugs: string[]): Promise<string[]>;
    use(waymark: Waymark, options?: object): void;
  }
}

/** A service, and who gives tokens for it: what stays for all tests of a file. */
export type House = { service: ServiceHere; issuer: Issuer; close(): Promise<void> };

export async function openHouse(variables: Record<string, string> = {}): Promise<House> {
  const issuer = await createIssuer();
  const service = await startServiceHere({
    ...issuer.variables,
    ALLOWED_ORIGINS: "*",
    LOG_LEVEL: "ERROR",
    ...variables,
  });
  return { service, issuer, close: () => service.close() };
}

/** One learner's evening: a gate before the service, and the platform's pages, whose origins no other test has. */
export type Stage = {
  gate: Gate;
  lms: Lms;
  learner: string;
  setOffline(offline: boolean): Promise<void>;
  /** Runs in each page that is opened from now on, before its own scripts. */
  addInitScript(script: () => void): void;
  /** The address of a page of lessons. */
  address(options?: Address): string;
  /** Opens a page of lessons, and waits until its script has run. */
  open(options?: Address): Promise<Page>;
  /** How often the service has each module's completion in this learner's history. */
  counted(learner?: string): Promise<Record<string, number>>;
  close(): Promise<void>;
};
export type Address = {
  path?: string;
  learner?: string;
  host?: string;
  /** Tags with their attributes. */
  elements?: [string, Record<string, string>][];
  options?: object;
  undecided?: true;
  /** Whether the elements show what support/fake-course.js says. */
  fake?: true;
  context?: BrowserContext;
};

let learners = 0;

export async function openStage({ service, issuer }: House): Promise<Stage> {
  const gate = await openGate(service.url);
  const lms = await openLms(issuer, gate.url);
  const context = await freshContext();
  const scripts: (() => void)[] = [];
  const learner = `learner ${++learners} "/é:%`;
  const address = ({ path = "/", host = "127.0.0.1", elements, options, undecided, fake, ...of }: Address = {}) => {
    const parameters = new URLSearchParams({ service: `http://${host}:${gate.port}`, learner: of.learner ?? learner });
    if (elements) parameters.set("elements", JSON.stringify(elements));
    if (options) parameters.set("options", JSON.stringify(options));
    if (fake) parameters.set("fake", "");
    if (undecided) parameters.set("undecided", "");
    return `http://${host}:${lms.port}${path}?${parameters}`;
  };
  return {
    gate,
    lms,
    learner,
    setOffline: (offline) => context.setOffline(offline),
    addInitScript: (script) => void scripts.push(script),
    address,
    async open(options = {}) {
      const page = await (options.context ?? context).newPage();
      for (const script of scripts) await page.addInitScript(script);
      await page.goto(address(options));
      if (options.path === undefined) await page.waitForFunction(() => window.waymark !== undefined);
      if (options.elements) await page.waitForFunction(() => window.use !== undefined);
      return page;
    },
    async counted(of = learner) {
      const token = await issuer.mint({ sub: of });
      const counts: Record<string, number> = {};
      for (let cursor: string | null = ""; cursor !== null; ) {
        const path = `/learners/${encodeURIComponent(of)}/history?limit=100${cursor && `&cursor=${cursor}`}`;
        const { body } = await service.get(path, { Authorization: `Bearer ${token}` });
        for (const { module_slug } of body.attempts) counts[module_slug] = (counts[module_slug] ?? 0) + 1;
        cursor = body.next_cursor;
      }
      return counts;
    },
    async close() {
      await freshContext();
      await Promise.all([gate.close(), lms.close()]);
    },
  };
}

/** Opens a house for the tests around it, and a stage in it for each of them. @param take gets that stage */
export function eachOnAStage(take: (stage: Stage) => void): void {
  let house: House | undefined;
  let stage: Stage | undefined;
  beforeAll(async () => {
    house = await openHouse();
  });
  beforeEach(async () => {
    stage = await openStage(house as House);
    take(stage);
  });
  afterEach(() => stage?.close());
  afterAll(() => house?.close());
}

/** Names of modules, as many as wanted. */
export const modules = (count: number, prefix = "m"): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(3, "0")}`);

/** Each of these modules, counted once. */
export const once = (slugs: readonly string[]): Record<string, number> =>
  Object.fromEntries([...slugs].sort().map((slug) => [slug, 1]));

export { eventually, PATIENCE_MS };
