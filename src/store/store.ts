import type { CatalogVersions } from "./catalog-versions.ts";
import type { CompletionStore } from "./completions.ts";
import type { LearnerItems } from "./learner-items.ts";
import type { ProgressStore } from "./progress-store.ts";
import type { RecordStore } from "./record-store.ts";

/** Facts, flags and history of every learner, and the catalogs by which they were judged. */
export type Store = ProgressStore & CompletionStore & RecordStore & LearnerItems & CatalogVersions;
