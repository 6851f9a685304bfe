import { expect, it } from "vitest";
import { type LearnersCursor, readLearners } from "../../../src/service/read/read-learners.ts";
import { describeEachStore } from "../../support/processes/stores.ts";

const AT = "2026-01-18T10:00:00.000Z";

describeEachStore("learners by page", (open) => {
  it("gives each learner once by the own id: also who has history alone, not who is deleted or an alias", async () => {
    const { store, raw } = open();
    const ids = Array.from({ length: 9 }, (_, index) => `learner-${index}`);
    const items = ids.flatMap((learner_id) =>
      ["MODULE#a", "MODULE#b", "COURSE#c"].map((entity) => ({ learner_id, entity, started_at: AT })),
    );
    await raw.putAll("progress", items);
    await store.addSession("only-sessions", { sessionId: "s", sessionType: "x", startedAt: AT });
    await store.addSession("learner-1", { sessionId: "s", sessionType: "x", startedAt: AT });
    await store.addLink({ learner: "learner-2", alias: "learner-3", at: AT, withdrawn: false });
    await store.markDeleted("learner-4", AT);
    expect(await store.someKeys("learner-1", "progress", 1)).toHaveLength(1);
    expect(await store.someKeys("learner-1", "progress")).toHaveLength(3);

    const found: string[] = [];
    let after: LearnersCursor | undefined;
    do {
      const page = await readLearners(store, { limit: 4, after });
      found.push(...page.learnerIds);
      after = page.next;
    } while (after);
    const expected = ids.filter((id) => id !== "learner-3" && id !== "learner-4");
    expect(found.sort()).toEqual([...expected, "only-sessions"].sort());
  });
});
