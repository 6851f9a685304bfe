import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Store } from "../store.ts";
import { createCatalogVersions } from "./catalog-versions.ts";
import { createCompletionStore } from "./completions.ts";
import { createLearnerItems } from "./learner-items.ts";
import { createProgressStore } from "./progress.ts";
import { createRecordStore } from "./records.ts";
import type { Indexes, TableNames } from "./tables.ts";

export const createStore = (
  client: DynamoDBDocumentClient,
  tables: TableNames,
  indexes: Indexes = "listed",
): Store => ({
  ...createProgressStore(client, tables),
  ...createCompletionStore(client, tables, indexes),
  ...createRecordStore(client, tables, indexes),
  ...createLearnerItems(client, tables),
  ...createCatalogVersions(client, tables),
});
