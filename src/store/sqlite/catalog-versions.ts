import { piecesOf, textOfPieces } from "../catalog-pieces.ts";
import { type CatalogVersions, inOrderOfPublication } from "../catalog-versions.ts";
import { CATALOGS_PARTITION, catalogPieceKey, catalogVersionKey } from "../keys.ts";
import type { Access } from "./access.ts";

export function createCatalogVersions(access: Access): CatalogVersions {
  const table = access.progress;
  return {
    async keepCatalog({ version, publishedAt }, textOf) {
      const { learner_id, entity } = catalogVersionKey(version);
      if (await access.read(() => table.get(learner_id, entity))) return;
      const pieces = piecesOf(textOf());
      await access.write(() => {
        if (table.get(learner_id, entity)) return;
        for (const [index, piece] of pieces.entries()) {
          const key = catalogPieceKey(version, index);
          table.put(key.learner_id, key.entity, { piece });
        }
        table.put(learner_id, entity, { version, published_at: publishedAt });
      });
    },

    catalogVersions: () =>
      access.read(() =>
        table
          .whole(CATALOGS_PARTITION)
          .map(({ version, published_at }) => ({ version: String(version), publishedAt: String(published_at) }))
          .sort(inOrderOfPublication),
      ),

    catalogText: (version) =>
      access.read(() => {
        const { learner_id, entity } = catalogVersionKey(version);
        if (table.get(learner_id, entity) === undefined) return undefined;
        return textOfPieces(table.whole(catalogPieceKey(version, 0).learner_id).map(({ piece }) => piece));
      }),
  };
}
