import { expect, it } from "vitest";
import { piecesOf, textOfPieces } from "../../src/store/catalog-pieces.ts";
import { describeEachStore } from "../support/processes/stores.ts";
import { newLearner } from "./raw-items.ts";

const AT = "2026-01-18T10:00:00.000Z";
const LATER = "2026-02-18T10:00:00.000Z";

describeEachStore("catalog versions", (open) => {
  it("are kept once, with the text that they had first, oldest first", async () => {
    const { store } = open();
    await store.keepCatalog({ version: "bb", publishedAt: LATER }, () => "second");
    await store.keepCatalog({ version: "aa", publishedAt: AT }, () => "first, with ü");
    await store.keepCatalog({ version: "aa", publishedAt: LATER }, () => {
      throw new Error("the text of what is kept is not asked for");
    });
    expect(await store.catalogVersions()).toEqual([
      { version: "aa", publishedAt: AT },
      { version: "bb", publishedAt: LATER },
    ]);
    expect(await store.catalogText("aa")).toBe("first, with ü");
    expect(await store.catalogText("cc")).toBeUndefined();
  });

  it("are no learners", async () => {
    const { store, scanner, raw } = open();
    const learner = newLearner();
    await raw.put(learner, "MODULE#strings", { started_at: AT });
    await store.keepCatalog({ version: "dd", publishedAt: AT }, () => "text");
    const scanned: string[] = [];
    for await (const page of scanner().segment(0, 1)) scanned.push(...page.learners.map(({ learnerId }) => learnerId));
    const { learnerIds } = await store.learnersPage("progress", { limit: 1_000 });
    expect([scanned, learnerIds]).toEqual([[learner], [learner]]);
  });
});

it("a large catalog goes into several items, and comes out whole", () => {
  // Digits that compress badly: more than two items hold.
  let state = 1;
  const text = Array.from({ length: 150_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state.toString(36);
  }).join("");
  const pieces = piecesOf(text);
  expect(pieces.length).toBeGreaterThan(2);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(350_000);
  expect(textOfPieces(pieces)).toBe(text);
});
