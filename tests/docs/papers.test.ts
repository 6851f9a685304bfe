import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { flowPicture } from "../../scripts/tools/flow-picture.ts";
import { PROBLEMS } from "../../src/api/problems.ts";
import type { Route } from "../../src/api/route.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { EVENT_NAMES } from "../../src/model/events/index.ts";
import { exchangesIn } from "./exchanges.ts";
import { PAPERS, ROOT, readPaper } from "./papers.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const manifest = JSON.parse(read("package.json"));
const allPapers = PAPERS.map(readPaper).join("\n");

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (file: string) =>
  [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));

function brokenLinks(paper: string): string[] {
  const prose = readPaper(paper).replace(/```[\s\S]*?```/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|<(?:img|source|a)\b[^>]*?(?:src|srcset|href)="([^"]+)"/g)];
  return links
    .map(([, markdown, html]) => markdown ?? html ?? "")
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const file = path === "" ? paper : join(dirname(paper), path);
      return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
}

const scriptsIn = (paper: string) =>
  [...readPaper(paper).matchAll(/\bnpm (?:run (?:-s |--silent )?([a-z][a-z:-]*)|(start|test)\b)/g)].map(
    ([, named, own]) => named ?? own ?? "",
  );

const namesOf = (file: string, pattern: RegExp) => [...read(file).matchAll(pattern)].map(([, name = ""]) => name);

describe("every paper", () => {
  it.each(PAPERS)("%s has only links that lead somewhere", (paper) => {
    expect(brokenLinks(paper)).toEqual([]);
  });

  it.each(PAPERS)("%s names only scripts of package.json", (paper) => {
    expect(scriptsIn(paper).filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it.each(PAPERS)("%s has whole tables", (paper) => {
    // A row that follows a blank line belongs to no table, unless it is a head with its rule.
    const lines = readPaper(paper).split("\n");
    const strays = lines.filter(
      (line, index) => /^\|/.test(line) && lines[index - 1] === "" && !/^\| ?:?-/.test(lines[index + 1] ?? ""),
    );
    expect(strays).toEqual([]);
  });

  it("stands in the index", () => {
    const index = readPaper("docs/README.md");
    const missing = PAPERS.filter((paper) => paper.startsWith("docs/") && paper !== "docs/README.md").filter(
      (paper) => !index.includes(`(${paper.slice("docs/".length)})`),
    );
    expect(missing).toEqual([]);
  });
});

describe("what exists stands in the papers", () => {
  const variables = namesOf("src/process/environment.ts", /^ {2}([A-Z][A-Z0-9_]+):/gm);
  const named = (routes: readonly Route[]) => routes.map(({ method, path }) => `${method} ${path}`);
  // What is not JSON is told, not shown.
  const routes = named(ROUTES.filter(({ mediaType }) => mediaType === undefined));
  const files = named(ROUTES.filter(({ mediaType }) => mediaType !== undefined));
  const shown = exchangesIn(readPaper("docs/api.md"));
  const contentKeys = ["src/catalog/schema.ts", "src/catalog/module-schema.ts", "src/catalog/quiz.ts"].flatMap((file) =>
    namesOf(file, /^ {4,8}([a-z_]+): (?:z\.|Slug|Percent|Text|ScoreCondition|completionSchema)/gm),
  );

  it("is found at all", () => {
    expect(variables.length).toBeGreaterThan(10);
    expect(contentKeys.length).toBeGreaterThan(15);
  });

  it.each(variables)("the variable %s", (name) => {
    expect(allPapers.includes(`\`${name}\``)).toBe(true);
  });

  it.each(Object.entries(PROBLEMS))("the error %s, with its status", (code, { status }) => {
    expect(readPaper("docs/api.md").includes(`\n| ${status} | \`${code}\` |`)).toBe(true);
  });

  it.each(EVENT_NAMES)("the event %s, with an answer", (name) => {
    expect(shown.filter(({ body }) => body?.includes(`"${name}"`))).not.toEqual([]);
  });

  it.each(routes)("the route %s, with an answer", (route) => {
    const [method, path = ""] = route.split(" ");
    const pattern = new RegExp(`^${path.replace(/:\w+/g, "[^/?]+")}(\\?|$)`);
    expect(shown.filter((exchange) => exchange.method === method && pattern.test(exchange.path))).not.toEqual([]);
  });

  it.each(files)("the route %s", (route) => {
    expect(readPaper("docs/api.md").includes(`\`${route}\``)).toBe(true);
  });

  it.each([...new Set(contentKeys)])("the content's key %s", (key) => {
    expect(readPaper("docs/content.md").includes(`\`${key}\``)).toBe(true);
  });
});

it("README.md has fewer than 200 lines", () => {
  expect(readPaper("README.md").split("\n").length).toBeLessThan(200);
});

it("the picture is what its source draws", () => {
  const isDrawn = read("docs/architecture.svg") === flowPicture(read("docs/architecture.flow.txt"));
  expect(isDrawn, "Draw it again with: npm run draw").toBe(true);
});

it("one version of Node is asked for", () => {
  expect(read(".nvmrc").trim()).toBe(manifest.devDependencies.node);
});
