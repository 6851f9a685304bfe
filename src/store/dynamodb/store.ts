import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Store } from "../store.ts";
import { createCatalogVersions } from "./catalog-versions.ts";
import { createCompletionStore } from "./completions.ts";
import { createLearnerItems } from "./learner-items.ts";
import { createProgressStore } from "./progress.ts";
import { createRecordStore } from "./records.ts";
import type { TableNames } from "./tables.ts";

export const createStore = (client: DynamoDBDocumentClient, tables: TableNames): Store => ({
  ...createProgressStore(client, tables),
  ...createCompletionStore(client, tables),
  ...createRecordStore(client, tables),
  ...createLearnerItems(client, tables),
  ...createCatalogVersions(client, tables),
});
