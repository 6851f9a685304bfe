import type { Store } from "../store.ts";
import type { Access } from "./access.ts";
import { createCatalogVersions } from "./catalog-versions.ts";
import { createCompletionStore } from "./completions.ts";
import { createLearnerItems } from "./learner-items.ts";
import { createProgressStore } from "./progress.ts";
import { createRecordStore } from "./records.ts";

export const createStore = (access: Access): Store => ({
  ...createProgressStore(access),
  ...createCompletionStore(access),
  ...createRecordStore(access),
  ...createLearnerItems(access),
  ...createCatalogVersions(access),
});
