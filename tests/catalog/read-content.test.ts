import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plainModule } from "../../src/catalog/catalog.ts";
import { type LoadedCatalog, loadCatalog } from "../../src/catalog/load.ts";
import { RULES } from "../../src/completion/rules/index.ts";
import { placesOf } from "../support/builders/catalogs.ts";
import { contentFolder } from "../support/builders/content-folder.ts";

const ruby = { slug: "ruby", modules: ["strings"] };
const load = (folder: string) => loadCatalog(folder, RULES);
const places = (loaded: LoadedCatalog) => (loaded.ok ? [] : placesOf(loaded.faults));

describe("a content folder", () => {
  it("gives the courses, pathways and modules in it", () => {
    const folder = contentFolder({
      "courses/ruby.json": ruby,
      "pathways/p.json": { slug: "p", courses: ["ruby"] },
      "modules/strings/completion.json": { steps: ["one"] },
    });
    const loaded = load(folder);
    expect(loaded).toMatchObject({
      ok: true,
      catalog: { courses: [{ slug: "ruby" }], pathways: [{ slug: "p" }], modules: [{ slug: "strings" }] },
    });
    expect(loaded.ok && loaded.catalog.module.get("strings")?.source).toEqual({ steps: ["one"] });
  });

  it("may hold other files, which are left alone", () => {
    const folder = contentFolder({
      "courses/ruby.json": ruby,
      "courses/README.md": "# Courses",
      "courses/drafts/go.json": "{",
      "modules/strings/lesson.md": "Text",
      "modules/notes.txt": "Text",
      "README.md": "# Content",
    });
    const loaded = load(folder);
    expect(places(loaded)).toEqual([]);
    expect(loaded.ok && loaded.catalog.modules).toEqual([plainModule("strings")]);
  });

  it("that is missing is reported by its name", () => {
    const folder = join(contentFolder({}), "missing");
    expect(places(load(folder))).toEqual([`${folder}: `]);
  });

  it("that is a file is reported by its name", () => {
    const file = join(contentFolder({ "file.json": {} }), "file.json");
    expect(places(load(file))).toEqual([`${file}: `]);
  });

  it("that is empty has neither courses nor pathways", () => {
    expect(places(load(contentFolder({})))).toEqual(["courses: "]);
  });

  it("with modules alone has neither courses nor pathways", () => {
    expect(places(load(contentFolder({ "modules/m/completion.json": {} })))).toEqual(["courses: "]);
  });

  it("with a file in place of a folder is reported with the other faults", () => {
    const folder = contentFolder({ courses: "a file", "pathways/p.json": "{" });
    expect(places(load(folder))).toEqual(["courses: ", "pathways/p.json: "]);
  });

  it("with a folder in place of a file is reported with the other faults", () => {
    const folder = contentFolder({ "courses/a.json": "{" });
    mkdirSync(join(folder, "courses/ruby.json"));
    expect(places(load(folder)).sort()).toEqual(["courses/a.json: ", "courses/ruby.json: "]);
  });
});
