import { describe, expect, it } from "vitest";
import { checkPack, packCatalog, unpackCatalog } from "../../src/catalog/pack.ts";
import { RULES } from "../../src/completion/rules/index.ts";
import { catalogOf } from "../support/builders/catalogs.ts";

const catalog = catalogOf({
  "courses/ruby.json": {
    slug: "ruby",
    title: "Ruby – Grüße 😀",
    modules: ["strings", { slug: "extras", optional: true }],
  },
  "courses/git.json": { slug: "git", modules: ["a", "b"], completion: { rule: "at-least", count: 1 } },
  "pathways/full-stack.json": { slug: "full-stack", courses: ["ruby"] },
  "modules/strings/completion.json": { steps: ["one", "two"], prerequisites: ["a"] },
});
const packed = packCatalog(catalog);

describe("a packed catalog", () => {
  it("is a JSON file that says its format and version", () =>
    expect(JSON.parse(packed)).toMatchObject({ format: 3, version: catalog.version }));

  it.each([
    ["checked", () => checkPack(packed, RULES)],
    ["checked, though something put a line end behind it", () => checkPack(`${packed}\n`, RULES)],
    ["of the bundle, unchecked", () => ({ ok: true, catalog: unpackCatalog(packed) })],
  ])("is the catalog that was packed (%s)", (_, unpack) => {
    const unpacked = unpack();
    if (!unpacked.ok || !("catalog" in unpacked)) throw new Error(JSON.stringify(unpacked));
    const { holdersOf, dependentsOf, ...data } = unpacked.catalog;
    const { holdersOf: holders, dependentsOf: dependents, ...expected } = catalog;
    expect(JSON.stringify(data)).toBe(JSON.stringify(expected));
    expect([...data.module.keys()].sort()).toEqual([...catalog.module.keys()].sort());
    expect(holdersOf({ type: "module", slug: "strings" }).map(({ slug }) => slug)).toEqual(["ruby"]);
    expect(dependentsOf("a").map(({ slug }) => slug)).toEqual(["strings"]);
  });

  it.each([
    ["cut short", packed.slice(0, -20), /checksum does not hold/],
    ["cut short in its head", packed.slice(0, 10), /not JSON, let alone/],
    ["empty", "", /not JSON, let alone/],
    ["a page", "<html></html>", /not JSON, let alone/],
    ["other JSON", '{"courses":[]}', /It is not a catalog file that `npm run build` makes/],
    ["of a title altered by hand", packed.replace("Grüße", "Gruß"), /checksum does not hold/],
    ["of a version altered by hand", packed.replace(catalog.version, "0000000000000000"), /checksum does not hold/],
    ["laid out anew", JSON.stringify(JSON.parse(packed), null, 2), /It is not a catalog file/],
    ["without its hash", packed.replace(/"sha256":"[0-9a-f]+",/, ""), /checksum does not hold/],
    ["of a later format", packed.replace('"format":3', '"format":4'), /format 4, and this service reads format 3/],
  ])("is refused when it is %s", (_, text, reason) =>
    expect(checkPack(text, RULES)).toEqual({ ok: false, reason: expect.stringMatching(reason) }),
  );

  it("is refused where a rule of its is not known", () =>
    expect(
      checkPack(
        packed,
        RULES.filter(({ name }) => name !== "at-least"),
      ),
    ).toEqual({
      ok: false,
      reason: expect.stringMatching(/course git has the rule at-least.*deploy the service first/),
    }));
});
