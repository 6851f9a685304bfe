import { beforeEach, describe, expect, it } from "vitest";
import type { EntityRef } from "../../src/model/entity.ts";
import type { Facts, Flag } from "../../src/model/progress.ts";
import { CLEARED, flagAttributes, flagAttributesOf, type Item, marksToKeep } from "../../src/store/items.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { newLearner, putRaw, rawItem } from "./raw-items.ts";

const STRINGS: EntityRef = { type: "module", slug: "strings" };
const KEY = "MODULE#strings";
const TIME = "2026-01-18T10:00:00.000Z";
const LATER = "2026-01-18T11:00:00.000Z";
const MARK = `${TIME}#${TIME}#known#trusted`;

const FLAG: Flag = { completedAt: TIME, completionSource: "backfill", recordedAt: LATER, catalogVersion: "v1" };
const MADE = flagAttributes(FLAG);
const result = (key: string) => ({ key, at: LATER, value: 80 });

describeEachStore("restoreFlag", (open) => {
  let opened: StoreUnderTest;
  let learner: string;
  const stored = () => rawItem(opened, learner, KEY);
  const asRead = () => opened.store.readItem(learner, STRINGS);

  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });

  describe("where the run made the item", () => {
    beforeEach(async () => {
      await opened.store.setFlag(learner, STRINGS, FLAG, undefined);
    });

    it("takes it away, if nothing else is in it", async () => {
      expect(await opened.store.restoreFlag(learner, STRINGS, null, MADE)).toBe("written");
      expect(await stored()).toBeUndefined();
    });

    it.each<[string, Facts, Item]>([
      ["a recommendation", { recommendedAt: LATER }, { recommended_at: LATER }],
      ["a start", { startedAt: LATER }, { started_at: LATER }],
      ["a task", { tasks: [result("quiz")] }, { tasks: new Set([`${LATER}#80#quiz`]) }],
      ["a score", { scores: [result("quiz")] }, { scores: new Set([`${LATER}#80#quiz`]) }],
      ["a step", { steps: [{ ...result("breathing"), value: true }] }, { steps: new Set([`${LATER}#true#breathing`]) }],
      [
        "a mark",
        { marks: [{ at: LATER, receivedAt: LATER, known: true, own: true }] },
        { marks: new Set([`${LATER}#${LATER}#known#own`]) },
      ],
    ])("takes the flag alone, if %s has come since", async (_, facts, left) => {
      await opened.store.addFacts(learner, STRINGS, facts);
      expect(await opened.store.restoreFlag(learner, STRINGS, null, MADE)).toBe("written");
      expect(await stored()).toEqual(left);
    });

    it("takes the flag alone, if a counted attempt has come since", async () => {
      const guard = { task: "quiz", most: 3, identity: "event-1" };
      await opened.store.addFacts(learner, STRINGS, { tasks: [result("quiz")] }, guard);
      expect(await opened.store.restoreFlag(learner, STRINGS, null, MADE)).toBe("written");
      expect(await stored()).toEqual({ tasks: new Set([`${LATER}#80#quiz`]), "attempts quiz": new Set(["event-1"]) });
    });

    it("leaves it, if its flag is another by now", async () => {
      const moved = { ...FLAG, completedAt: LATER };
      await opened.store.setFlag(learner, STRINGS, moved, await asRead());
      expect(await opened.store.restoreFlag(learner, STRINGS, null, MADE)).toBe("lost");
      expect(await stored()).toEqual(flagAttributes(moved));
    });

    it("takes it away with the marks that the run added", async () => {
      await putRaw(opened, learner, KEY, { ...CLEARED, marks: new Set([MARK]) });
      expect(await opened.store.restoreFlag(learner, STRINGS, null, { ...CLEARED, marks: new Set([MARK]) })).toBe(
        "written",
      );
      expect(await stored()).toBeUndefined();
    });

    it("takes the marks that the run added, and leaves another", async () => {
      const other = `${LATER}#${LATER}#known#own`;
      await putRaw(opened, learner, KEY, { ...CLEARED, marks: new Set([MARK, other]) });
      expect(await opened.store.restoreFlag(learner, STRINGS, null, { ...CLEARED, marks: new Set([MARK]) })).toBe(
        "written",
      );
      expect(await stored()).toEqual({ marks: new Set([other]) });
    });
  });

  describe("where marks were added as the flag went", () => {
    const claimed = flagAttributes({ ...FLAG, completionSource: "explicit", claimedAt: TIME });

    /** Clears a flag that rests on an accepted claim, as a run does. @returns what the run notes of it */
    const clear = async (): Promise<{ before: Item; made: Item }> => {
      await putRaw(opened, learner, KEY, { ...claimed, started_at: TIME });
      const was = (await asRead()) as Item;
      const marks = marksToKeep(was, CLEARED) as Set<string>;
      await opened.store.setFlag(learner, STRINGS, undefined, was);
      expect(await stored()).toEqual({ ...CLEARED, started_at: TIME, marks });
      return { before: flagAttributesOf(was), made: { ...CLEARED, marks } };
    };

    it("puts back the flag, and takes the marks out again", async () => {
      const { before, made } = await clear();
      expect(await opened.store.restoreFlag(learner, STRINGS, before, made)).toBe("written");
      expect(await stored()).toEqual({ ...claimed, started_at: TIME });
    });

    it("leaves a mark that came since", async () => {
      const { before, made } = await clear();
      await opened.store.addFacts(learner, STRINGS, {
        marks: [{ at: LATER, receivedAt: LATER, known: true, own: true }],
      });
      expect(await opened.store.restoreFlag(learner, STRINGS, before, made)).toBe("written");
      expect(await stored()).toEqual({ ...claimed, started_at: TIME, marks: new Set([`${LATER}#${LATER}#known#own`]) });
    });

    it("loses, and leaves flag and marks, if the flag was set again since", async () => {
      const { before, made } = await clear();
      await opened.store.setFlag(learner, STRINGS, FLAG, await asRead());
      const now = await stored();
      expect(await opened.store.restoreFlag(learner, STRINGS, before, made)).toBe("lost");
      expect(await stored()).toEqual(now);
    });
  });
});
