import { digestOf } from "../../model/learner.ts";
import { standingLinks } from "../../model/link.ts";
import { findGroup } from "../../service/identity/find-group.ts";
import type { Item } from "../../store/items.ts";
import { digestInIdentity, identityOf } from "../../store/keys.ts";
import type { Store } from "../../store/store.ts";
import type { Pseudonyms } from "../pseudonyms.ts";
import type { RowOf } from "../tables/define-table.ts";
import type { deletedLearners } from "../tables/learner-tables.ts";

type Row = RowOf<typeof deletedLearners>;

/** Whose rows must go: of a deleted learner a digest is all that is left, and by that the pseudonym is made. */
export async function deletedRows(store: Store, pseudonyms: Pseudonyms, identities: readonly Item[]): Promise<Row[]> {
  const rows = await Promise.all(
    identities.map(async (item): Promise<Row[]> => {
      const { deletedAt, links = [] } = identityOf(item);
      const digest = digestInIdentity(item);
      const learner = pseudonyms.ofDigest(digest);
      if (deletedAt !== undefined) return [{ learner, deleted_at: deletedAt, reason: "deleted" }];
      const link = standingLinks(links).find(({ alias }) => digestOf(alias) === digest);
      if (link === undefined || (await findGroup(store, link.alias)).learnerId === link.alias) return [];
      return [{ learner, deleted_at: link.at, reason: "linked" }];
    }),
  );
  return rows.flat();
}
