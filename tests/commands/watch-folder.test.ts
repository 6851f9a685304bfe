import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type OpenCatalog, openCatalog } from "../../src/commands/open-catalog.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { contentFolder } from "../support/builders/content-folder.ts";
import { eventually } from "../support/processes/service.ts";

const course = (slug: string) => ({ [`courses/${slug}.json`]: { slug, modules: ["m"] } });
const log = { debug() {}, info() {}, warn() {}, error() {} };

async function opened(CONTENT_DIR: string): Promise<OpenCatalog> {
  const catalog = await openCatalog(readEnvironment({ CONTENT_DIR }), log);
  onTestFinished(() => catalog.close());
  catalog.watch();
  return catalog;
}
const shows = (catalog: OpenCatalog, ...slugs: string[]) =>
  eventually(() => expect(catalog.source.current().courses.map(({ slug }) => slug)).toEqual(slugs), 8_000);
/** A change inside must be seen as before: whoever only notices the swap goes on listening to the old folder. */
const alsoShowsEdits = async (catalog: OpenCatalog, folder: string) => {
  const [first] = catalog.source.current().courses;
  writeFileSync(join(folder, "courses/zz.json"), JSON.stringify({ slug: "zz", modules: ["m"] }));
  await shows(catalog, first?.slug as string, "zz");
};

describe("A content folder in use", () => {
  it("is read again when a file in it changes", async () => {
    const folder = contentFolder(course("a"));
    await alsoShowsEdits(await opened(folder), folder);
  });

  it("may be replaced as a whole", async () => {
    const folder = contentFolder({});
    const place = join(folder, "content");
    cpSync(contentFolder(course("old")), place, { recursive: true });
    const catalog = await opened(place);
    await shows(catalog, "old");
    cpSync(contentFolder(course("new")), join(folder, "next"), { recursive: true });
    renameSync(place, join(folder, "before"));
    renameSync(join(folder, "next"), place);
    await shows(catalog, "new");
    await alsoShowsEdits(catalog, place);
  });

  it("may be gone for a while, and the last good catalog stays", async () => {
    const folder = contentFolder({});
    const place = join(folder, "content");
    cpSync(contentFolder(course("old")), place, { recursive: true });
    const catalog = await opened(place);
    rmSync(place, { recursive: true });
    await eventually(() => expect(catalog.source.faults()).not.toEqual([]), 8_000);
    await shows(catalog, "old");
    cpSync(contentFolder(course("new")), place, { recursive: true });
    await shows(catalog, "new");
    expect(catalog.source.faults()).toEqual([]);
    await alsoShowsEdits(catalog, place);
  });

  it("may be a link that is made to lead elsewhere", async () => {
    const place = join(contentFolder({}), "current");
    const [old, next] = [contentFolder(course("old")), contentFolder(course("new"))];
    symlinkSync(old, place);
    const catalog = await opened(place);
    symlinkSync(next, `${place}.next`);
    renameSync(`${place}.next`, place);
    await shows(catalog, "new");
    await alsoShowsEdits(catalog, next);
  });

  it("may hold links that are made to lead elsewhere", async () => {
    const place = contentFolder({});
    const [old, next] = [contentFolder(course("old")), contentFolder(course("new"))];
    symlinkSync(join(old, "courses"), join(place, "courses"));
    const catalog = await opened(place);
    unlinkSync(join(place, "courses"));
    mkdirSync(join(place, "pathways"));
    symlinkSync(join(next, "courses"), join(place, "courses"));
    await shows(catalog, "new");
  });
});
