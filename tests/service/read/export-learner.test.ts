import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { beforeEach, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { exportAnswer, exportLearner } from "../../../src/service/read/export-learner.ts";
import { newLearner } from "../../store/raw-items.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";

describeStores("An export", (open) => {
  let opened: TestStore;
  let learner: string;
  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });
  const textOf = async () => {
    let text = "";
    for await (const piece of exportLearner(opened.store, learner)) text += piece;
    return text;
  };

  it("of nobody is a document as well", async () => {
    expect(JSON.parse(await textOf())).toMatchObject({ learner_id: learner, progress: [], records: [] });
  });

  it("has every item of several pages, as it is stored, in order, and strongly consistent", async () => {
    // A page has up to 1 MB.
    const text = "x".repeat(3_000);
    const modules = Array.from({ length: 500 }, (_, index) => ({
      learner_id: learner,
      entity: `MODULE#${String(index).padStart(4, "0")}`,
      steps: new Set([`b${index}`, `a${index}`]),
      text,
    }));
    const records = Array.from({ length: 300 }, (_, index) => ({
      learner_id: learner,
      record: `SESSION#${String(index).padStart(4, "0")}`,
      text: text + text,
    }));
    await opened.raw.putAll("progress", [...modules, { learner_id: `${learner}0`, entity: "MODULE#0" }]);
    await opened.raw.putAll("records", records);
    opened.calls.length = 0;
    const { progress, records: history } = JSON.parse(await textOf());
    expect(progress).toEqual(modules.map((item) => ({ ...item, steps: [...item.steps].sort() })));
    expect(history).toEqual(records);
    expect(opened.calls.length).toBeGreaterThan(3);
    // First whose id it is, then all pages.
    const [first, ...others] = opened.calls.map(({ command, input }) => [command, input.ConsistentRead]);
    expect(first).toEqual(["GetItem", true]);
    for (const call of others) expect(call).toEqual(["Query", true]);
  });

  it("leaves nothing out that others wrote: lists, maps, numbers, bytes, empty texts", async () => {
    const item = { list: [1, { a: null }], map: { b: true }, number: 1.5, empty: "", bytes: new Uint8Array([1, 2]) };
    await opened.raw.putAll("progress", [{ learner_id: learner, entity: "OTHER", ...item }]);
    expect(JSON.parse(await textOf()).progress).toEqual([
      { learner_id: learner, entity: "OTHER", ...item, bytes: "AQI=" },
    ]);
  });

  it.each([true, false])(
    "that does not fit into one answer is refused, with what to do (compressed: %s)",
    async (compressed) => {
      const items = Array.from({ length: 20 }, (_, index) => ({
        learner_id: learner,
        record: `SESSION#${index}`,
        text: randomBytes(1_000).toString("base64"),
      }));
      await opened.raw.putAll("records", items);
      const whole = await exportAnswer(opened.store, learner, { compressed });
      const text = compressed ? gunzipSync(whole).toString() : whole.toString();
      expect(JSON.parse(text).records).toHaveLength(20);
      const tooLarge = exportAnswer(opened.store, learner, { compressed, maxBytes: 10_000 });
      const detail = compressed ? /npm run export -- --learner=<id>/ : /Accept-Encoding: gzip/;
      await expect(tooLarge).rejects.toMatchObject({
        code: "PAYLOAD_TOO_LARGE",
        message: expect.stringMatching(detail),
      });
      // What a Lambda carries: bytes as base64, a text as a JSON text.
      const carried = compressed ? (whole.length / 3) * 4 : JSON.stringify(text).length;
      await exportAnswer(opened.store, learner, { compressed, maxBytes: carried + 2_000 });
      await expect(exportAnswer(opened.store, learner, { compressed, maxBytes: carried - 2_000 })).rejects.toThrow();
    },
  );

  it.each([true, false])("that the store breaks off is no half document (compressed: %s)", async (compressed) => {
    const store = {
      ...opened.store,
      itemsPage: async () => {
        throw new AppError("STORE_UNAVAILABLE", "The store is away");
      },
    };
    await expect(exportAnswer(store, learner, { compressed })).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});
