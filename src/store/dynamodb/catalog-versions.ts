import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { type CatalogVersions, inOrderOfPublication } from "../catalog-versions.ts";
import type { Item } from "../items.ts";
import { CATALOGS_PARTITION, catalogPieceKey, catalogVersionKey } from "../keys.ts";
import { call, conditionally } from "./client.ts";
import type { TableNames } from "./tables.ts";

/** Hardly a process keeps a catalog or reads one, and what packs them takes a while to load. */
const packing = () => import("../catalog-pieces.ts");

export function createCatalogVersions(client: DynamoDBDocumentClient, tables: TableNames): CatalogVersions {
  const table = { TableName: tables.progress };
  const isKept = async (version: string): Promise<boolean> => {
    const get = new GetCommand({ ...table, Key: catalogVersionKey(version), ConsistentRead: true });
    return (await call(client.send(get))).Item !== undefined;
  };
  const partition = async (learnerId: string): Promise<Item[]> => {
    const query = {
      ...table,
      KeyConditionExpression: "learner_id = :partition",
      ExpressionAttributeValues: { ":partition": learnerId },
      ConsistentRead: true,
    };
    const items: Item[] = [];
    const read = async () => {
      for await (const page of paginateQuery({ client }, query)) items.push(...(page.Items ?? []));
    };
    await call(read());
    return items;
  };

  return {
    async keepCatalog({ version, publishedAt }, textOf) {
      if (await isKept(version)) return;
      const { piecesOf } = await packing();
      // The pieces come first, so that a version that is listed can be read, wherever this breaks off.
      for (const [index, piece] of piecesOf(textOf()).entries())
        await call(client.send(new PutCommand({ ...table, Item: { ...catalogPieceKey(version, index), piece } })));
      const put = new PutCommand({
        ...table,
        Item: { ...catalogVersionKey(version), version, published_at: publishedAt },
        ConditionExpression: "attribute_not_exists(entity)",
      });
      await conditionally(client.send(put));
    },

    catalogVersions: async () =>
      (await partition(CATALOGS_PARTITION))
        .map(({ version, published_at }) => ({ version: String(version), publishedAt: String(published_at) }))
        .sort(inOrderOfPublication),

    async catalogText(version) {
      if (!(await isKept(version))) return undefined;
      const { textOfPieces } = await packing();
      return textOfPieces((await partition(catalogPieceKey(version, 0).learner_id)).map(({ piece }) => piece));
    },
  };
}
