import { beforeEach, expect, it } from "vitest";
import type { View } from "../../src/model/progress.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { expectCommands, forgetCalls, newLearner, putRaw, rawItem } from "./raw-items.ts";

const view = (hour: number, contentType: string, slug: string): View => ({
  viewedAt: `2026-01-18T${hour}:00:00.000Z`,
  contentType,
  slug,
});

describeEachStore("keepView", (open) => {
  let opened: StoreUnderTest;
  let learner: string;
  const stored = () => rawItem(opened, learner, "PROFILE");

  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });

  it.each<[string, View[], View]>([
    ["the only one", [view(10, "module", "strings")], view(10, "module", "strings")],
    [
      "the latest",
      [view(10, "module", "a"), view(12, "module", "b"), view(11, "module", "c")],
      view(12, "module", "b"),
    ],
    [
      "at one moment, the content type that sorts last",
      [view(10, "module", "z"), view(10, "page", "a")],
      view(10, "page", "a"),
    ],
    [
      "at one moment and of one type, the slug that sorts last",
      [view(10, "page", "b"), view(10, "page", "a")],
      view(10, "page", "b"),
    ],
  ])("keeps %s, in whatever order they come", async (_, views, expected) => {
    const item = { viewed_at: expected.viewedAt, content_type: expected.contentType, slug: expected.slug };
    for (const one of views) await opened.store.keepView(learner, one);
    expect(await stored()).toEqual(item);

    learner = newLearner();
    for (const one of views.toReversed()) await opened.store.keepView(learner, one);
    expect(await stored()).toEqual(item);
  });

  it("takes one write, whether or not it is the latest", async () => {
    await opened.store.keepView(learner, view(12, "page", "a"));
    for (const hour of [12, 11, 13]) {
      forgetCalls(opened);
      await opened.store.keepView(learner, view(hour, "page", "a"));
      expectCommands(opened, ["UpdateItem"]);
    }
  });

  it("ends with the latest of many that arrive at once", async () => {
    const hours = [17, 11, 23, 14, 20, 12, 22, 16];
    await Promise.all(hours.map((hour) => opened.store.keepView(learner, view(hour, "page", `p${hour}`))));
    expect(await stored()).toMatchObject({ slug: "p23" });
  });

  it("leaves the learner's other attributes alone", async () => {
    await putRaw(opened, learner, "PROFILE", { note: "kept" });
    await opened.store.keepView(learner, view(10, "page", "a"));
    expect(await stored()).toMatchObject({ note: "kept", slug: "a" });
  });
});
