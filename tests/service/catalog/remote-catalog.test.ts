import { beforeEach, describe, expect, it, vi } from "vitest";
import { createObjectReader } from "../../../src/aws/read-object.ts";
import { packCatalog } from "../../../src/catalog/pack.ts";
import { catalogObjectLoader } from "../../../src/service/catalog/load-catalog-object.ts";
import { remoteCatalog } from "../../../src/service/catalog/remote-catalog.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { etagOf, type Fate, startS3 } from "../../support/fakes/s3-stub.ts";

const version = (title: string) => catalogOf({ "courses/ruby.json": { slug: "ruby", title, modules: ["strings"] } });
const [BUNDLED, ONE, TWO] = [version("bundled"), version("one"), version("two")];
const TTL = 60;

const s3 = await startS3();
beforeEach(() => s3.reset());

/** A catalog of the stub's object, with a clock and a log of its own. */
function open() {
  const lines: { level: string; message: string; [detail: string]: unknown }[] = [];
  const at =
    (level: string) =>
    (message: string, details: object = {}) =>
      void lines.push({ level, message, ...details });
  const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  const read = createObjectReader(
    { bucket: "content", key: "live/catalog.json" },
    { endpoint: s3.endpoint, region: "us-east-1", hasCredentials: false },
  );
  let now = 0;
  const load = catalogObjectLoader(read, "live/catalog.json");
  let refusals = 0;
  const metrics = {
    add({ CatalogRefused = 0 }) {
      refusals += CatalogRefused;
    },
  };
  const catalog = remoteCatalog(BUNDLED, { load, ttlSeconds: TTL, log, metrics, now: () => now });
  return {
    refusals: () => refusals,
    catalog,
    lines,
    errors: () => lines.filter(({ level }) => level === "error"),
    /** What a request does that comes so many seconds after the last. */
    async request(seconds = TTL, waitMs = 60_000) {
      now += seconds * 1_000;
      await catalog.freshen(waitMs);
      return catalog.current().version;
    },
  };
}

describe("A catalog in S3", () => {
  it("stands in place of the bundled one", async () => {
    s3.object = packCatalog(ONE);
    const { request, catalog, errors } = open();
    expect(catalog.current()).toBe(BUNDLED);
    expect(await request()).toBe(ONE.version);
    expect([catalog.faults(), errors()]).toEqual([[], []]);
    expect(s3.requests).toEqual([{ path: "/content/live/catalog.json", ifNoneMatch: undefined, status: 200 }]);
  });

  it("is looked at again after its time, by its ETag, and fetched when it is a new one", async () => {
    s3.object = packCatalog(ONE);
    const { request, lines } = open();
    await request();
    await request(TTL - 1);
    expect(s3.requests).toHaveLength(1);
    expect(await request(1)).toBe(ONE.version);
    expect(s3.requests[1]).toMatchObject({ ifNoneMatch: etagOf(packCatalog(ONE)), status: 304 });
    s3.object = packCatalog(TWO);
    expect(await request()).toBe(TWO.version);
    expect(s3.requests.map(({ status }) => status)).toEqual([200, 304, 200]);
    expect(lines.filter(({ message }) => message === "Catalog changed").map((line) => line.catalog_version)).toEqual([
      ONE.version,
      TWO.version,
    ]);
  });

  it.each([
    ["cut short", (good: string) => good.slice(0, -30), /checksum/],
    ["altered by hand", (good: string) => good.replace("two", "three"), /checksum/],
    ["of another format", (good: string) => good.replace('"format":3', '"format":7'), /format 7/],
    ["no JSON", () => "courses: none", /not JSON/],
    ["empty", () => "", /not JSON/],
  ])("is refused when the new one is %s, once; the last good one stays", async (_, spoil, reason) => {
    s3.object = packCatalog(ONE);
    const { request, catalog, errors, lines } = open();
    await request();
    s3.object = spoil(packCatalog(TWO));
    for (let look = 0; look < 3; look++) {
      expect(await request()).toBe(ONE.version);
      expect(catalog.faults()).toEqual([
        { file: "live/catalog.json", path: "", message: expect.stringMatching(reason) },
      ]);
    }
    expect(s3.requests.map(({ status }) => status)).toEqual([200, 200, 304, 304]);
    expect(errors()).toMatchObject([{ etag: etagOf(s3.object), faults: catalog.faults() }]);

    // Another faulty one is another line, though the fault be the same.
    s3.object = `${s3.object} `.replace("courses", "course");
    await request();
    expect(errors()).toHaveLength(2);

    s3.object = packCatalog(TWO);
    expect(await request()).toBe(TWO.version);
    expect(catalog.faults()).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ level: "info", message: "Catalog changed" });
  });

  it("that is put back after a faulty one is good again", async () => {
    s3.object = packCatalog(ONE);
    const { request, catalog, lines, refusals } = open();
    await request();
    s3.object = "no catalog";
    await request();
    await request();
    expect(refusals()).toBe(1);
    s3.object = packCatalog(ONE);
    expect(await request()).toBe(ONE.version);
    expect(catalog.faults()).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ message: "The catalog is read again" });
  });

  it.each<[Fate, RegExp]>([
    ["missing", /no such object/],
    ["denied", /denied, or there is no such object/],
    ["other region", /another region/],
    ["no bucket", /no such bucket/],
    ["error 500", /did not give it/],
    ["cut off", /did not give it/],
    ["hang", /did not answer in time/],
    ["stall", /did not answer in time/],
  ])("that cannot be read (%s) is said to be, once, and does no harm", async (fate, reason) => {
    s3.object = packCatalog(ONE);
    const { request, catalog, errors } = open();
    s3.fate = fate;
    expect(await request()).toBe(BUNDLED.version);
    const fault = { file: "live/catalog.json", path: "", message: expect.stringMatching(reason) };
    expect(catalog.faults()).toEqual([fault]);
    // Anyone may see the faults.
    expect(JSON.stringify(catalog.faults())).not.toMatch(/arn:|secret|127\.0\.0\.1/);
    expect(errors()).toMatchObject([{ error: expect.any(String) }]);

    s3.fate = "give";
    expect(await request()).toBe(ONE.version);
    expect(catalog.faults()).toEqual([]);

    if (fate === "hang" || fate === "stall") return;
    s3.fate = fate;
    s3.object = packCatalog(TWO);
    for (let look = 0; look < 2; look++) expect(await request()).toBe(ONE.version);
    expect(catalog.faults()).toEqual([fault]);
    expect(errors()).toHaveLength(2);
  });

  it("that is faulty, and then cannot be read, is said to be both", async () => {
    s3.object = "no catalog";
    const { request, catalog } = open();
    await request();
    s3.fate = "denied";
    await request();
    expect(catalog.faults().map(({ message }) => message)).toEqual([
      expect.stringMatching(/not JSON/),
      expect.stringMatching(/denied/),
    ]);
    s3.fate = "give";
    await request();
    expect(catalog.faults()).toHaveLength(1);
  });
});

describe("A look at S3 that takes long", () => {
  it("holds nobody up but who began it, and him no longer than he would wait", async () => {
    s3.object = packCatalog(ONE);
    let open_ = () => {};
    s3.gate = new Promise((done) => {
      open_ = done;
    });
    const { request, catalog } = open();
    // Begun in one request, it is left to the next ones.
    expect(await request(TTL, 20)).toBe(BUNDLED.version);
    for (let later = 0; later < 5; later++) expect(await request(2 * TTL)).toBe(BUNDLED.version);
    // Nobody has waited for the look to arrive, and on a busy machine it takes its time.
    await vi.waitFor(() => expect(s3.requests).toHaveLength(1), { timeout: 240_000 });
    open_();
    await catalog.reload();
    expect(catalog.current().version).toBe(ONE.version);
    expect(s3.requests).toHaveLength(1);
  });

  it("is one look, however many ask at once", async () => {
    s3.object = packCatalog(ONE);
    const { request, catalog } = open();
    await Promise.all([request(), request(), catalog.reload(), catalog.reload(), request()]);
    expect(s3.requests).toHaveLength(1);
    expect(catalog.current().version).toBe(ONE.version);
  });

  it.each([
    [
      "a pattern that can run away",
      { properties: { name: { pattern: "^(?=a)([A-Za-z]+ ?)+$" } } },
      "properties.name.pattern",
    ],
    ["a pattern that is too large", { pattern: "^(a{1,900}){2}$" }, "pattern"],
    ["a schema that is none", { type: "nothing" }, ""],
  ])("is refused with %s in it, though it was packed and its checksum holds", async (_, schema, path) => {
    const content = (completion_data: object) =>
      catalogOf({
        "courses/ruby.json": { slug: "ruby", modules: ["strings"] },
        "modules/strings/completion.json": { completion_data },
      });
    const sound = content({ properties: { name: { pattern: "^[A-Za-z ]+$" } } });
    const strings = { ...sound.module.get("strings"), completionData: schema } as (typeof sound.modules)[number];
    s3.object = packCatalog({ ...sound, modules: [strings] });
    const { request, catalog } = open();
    expect(await request()).toBe(BUNDLED.version);
    expect(catalog.faults()).toMatchObject([
      { file: "modules/strings/completion.json", path: ["completion_data", path].filter(Boolean).join(".") },
    ]);

    s3.object = packCatalog(sound);
    expect(await request()).toBe(sound.version);
    expect(catalog.faults()).toEqual([]);
  });
});
