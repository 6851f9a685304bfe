import { DELETED_PARTITION, tombstoneKey, tombstoneOf } from "../keys.ts";
import type { LearnerItems } from "../learner-items.ts";
import type { Access } from "./access.ts";
import { allKeys } from "./table.ts";

const PAGE = 200;
const NO_LIMIT = -1;

export function createLearnerItems(access: Access): LearnerItems {
  return {
    itemsPage: (learnerId, name, from) =>
      access.read(() => {
        const table = access[name];
        const items = table.page(learnerId, allKeys, PAGE, from && String(from[table.key]));
        const last = items.at(-1);
        return {
          items,
          ...(last && items.length === PAGE && { next: { learner_id: learnerId, [table.key]: last[table.key] } }),
        };
      }),

    someKeys: (learnerId, name) =>
      access.read(() => {
        const table = access[name];
        return table.keys(learnerId, PAGE).map((key) => ({ learner_id: learnerId, [table.key]: key }));
      }),

    deleteItems: (name, keys) =>
      access.write(() => {
        const table = access[name];
        // Some of them may go and others stay, as the port has it: they are asked for again until none is left.
        for (const key of keys) table.delete(String(key.learner_id), String(key[table.key]));
      }),

    tombstones: (since = "") =>
      access.read(() =>
        access.progress
          .page(DELETED_PARTITION, allKeys, NO_LIMIT, since)
          .flatMap(({ entity }) => tombstoneOf(entity) ?? []),
      ),

    addTombstone: (tombstone) =>
      access.write(() => {
        const { learner_id, entity } = tombstoneKey(tombstone);
        access.progress.put(learner_id, entity, {});
      }),

    hasTombstone: (tombstone) =>
      access.read(() => {
        const { learner_id, entity } = tombstoneKey(tombstone);
        return access.progress.get(learner_id, entity) !== undefined;
      }),
  };
}
