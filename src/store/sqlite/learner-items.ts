import type { LearnerId } from "../../model/learner.ts";
import { identityKey, identityOf } from "../keys.ts";
import type { Identity, LearnerItems } from "../learner-items.ts";
import type { Access } from "./access.ts";
import { allKeys } from "./table.ts";

const PAGE = 200;

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

    identity: (learnerId) => access.read(() => identityIn(access, learnerId)),

    deletedAmong: (learnerIds) =>
      access.read(
        () => new Set(learnerIds.filter((learnerId) => identityIn(access, learnerId).deletedAt !== undefined)),
      ),

    markDeleted: (learnerId, deletedAt) =>
      access.write(() => {
        // Of two deletions the first stands, and what else is known of the id stays beside it.
        const earlier = identityIn(access, learnerId).deletedAt;
        if (earlier !== undefined) return earlier;
        const { learner_id, entity } = identityKey(learnerId);
        access.progress.put(learner_id, entity, { ...access.progress.get(learner_id, entity), deleted_at: deletedAt });
        return deletedAt;
      }),
  };
}

function identityIn(access: Access, learnerId: LearnerId): Identity {
  const { learner_id, entity } = identityKey(learnerId);
  return identityOf(access.progress.get(learner_id, entity));
}
