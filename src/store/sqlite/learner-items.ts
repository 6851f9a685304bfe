import type { Identity } from "../../model/identity.ts";
import type { LearnerId } from "../../model/learner.ts";
import { encodeLink } from "../../model/link.ts";
import { identityKey, identityOf, isOfLearner } from "../keys.ts";
import type { LearnerItems, TableOf } from "../learner-items.ts";
import type { Access } from "./access.ts";
import { bucketOf } from "./bucket.ts";
import { allKeys } from "./table.ts";

const PAGE = 200;

export function createLearnerItems(access: Access): LearnerItems {
  const selectLearners = (name: string) =>
    access.database.prepare(
      // One at a time, each by a seek: to tell them apart in one statement, SQLite would read all of their items.
      `SELECT bucket, learner_id FROM ${name} WHERE (bucket, learner_id) > (?, ?) ORDER BY bucket, learner_id LIMIT 1`,
    );
  const learners = { progress: selectLearners("progress"), records: selectLearners("records") };
  const learnerBehind = (name: TableOf, id: string | undefined): string | undefined => {
    const row = learners[name].get(id === undefined ? -1 : bucketOf(id), id ?? "");
    return row && String(row.learner_id);
  };
  return {
    learnersPage: (name, { limit, from }) =>
      access.read(() => {
        const found: string[] = [];
        let last = from?.learner_id === undefined ? undefined : String(from.learner_id);
        do {
          last = learnerBehind(name, last);
          if (last !== undefined) found.push(last);
        } while (last !== undefined && found.length < limit);
        return { learnerIds: found.filter(isLearner), ...(last !== undefined && { next: { learner_id: last } }) };
      }),

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

    someKeys: (learnerId, name, most = PAGE) =>
      access.read(() => {
        const table = access[name];
        return table.keys(learnerId, most).map((key) => ({ learner_id: learnerId, [table.key]: key }));
      }),

    deleteItems: (name, keys) =>
      access.write(() => {
        const table = access[name];
        // Some of them may go and others stay, as the port has it: they are asked for again until none is left.
        for (const key of keys) table.delete(String(key.learner_id), String(key[table.key]));
      }),

    identity: (learnerId) => access.read(() => identityIn(access, learnerId)),

    identitiesAmong: (learnerIds) =>
      access.read(() => {
        const identities = learnerIds.map((learnerId) => [learnerId, identityIn(access, learnerId)] as const);
        return new Map(identities.filter(([, identity]) => Object.keys(identity).length > 0));
      }),

    addLink: (link) =>
      access.write(() => {
        for (const learnerId of [link.alias, link.learner])
          changeLinks(access, learnerId, (links) => links.add(encodeLink(link)));
      }),

    dropLinks: (learnerId, dropped) =>
      access.write(() => {
        changeLinks(access, learnerId, (links) => {
          for (const link of dropped) links.delete(encodeLink(link));
        });
      }),

    markDeleted: (learnerId, deletedAt) =>
      access.write(() => {
        // Of two deletions the first stands, and what else is known of the id stays beside it.
        const earlier = identityIn(access, learnerId).deletedAt;
        if (earlier !== undefined) return earlier;
        const { learner_id, entity } = identityKey(learnerId);
        const { has_voids: _, ...item } = access.progress.get(learner_id, entity) ?? {};
        access.progress.put(learner_id, entity, { ...item, deleted_at: deletedAt });
        return deletedAt;
      }),
  };
}

const isLearner = (learner_id: string): boolean => isOfLearner({ learner_id });

function changeLinks(access: Access, learnerId: LearnerId, change: (links: Set<unknown>) => void): void {
  const { learner_id, entity } = identityKey(learnerId);
  const { links: before, ...item } = access.progress.get(learner_id, entity) ?? {};
  const links = new Set(before instanceof Set ? before : []);
  change(links);
  // As in DynamoDB, an empty set is none.
  access.progress.put(learner_id, entity, { ...item, ...(links.size > 0 && { links }) });
}

function identityIn(access: Access, learnerId: LearnerId): Identity {
  const { learner_id, entity } = identityKey(learnerId);
  return identityOf(access.progress.get(learner_id, entity));
}
