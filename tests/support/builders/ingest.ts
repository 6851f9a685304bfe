import type { Catalog } from "../../../src/catalog/catalog.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngest, type Ingest } from "../../../src/service/ingest/ingest.ts";
import type { Store } from "../../../src/store/store.ts";
import { NOW } from "./arbitraries.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Takes events into a store at a moment, under one catalog; nobody is deleted there. */
export const ingestUnder = (store: Store, catalog: Catalog, now = NOW): Ingest =>
  createIngest({ store, catalog: fixedCatalog(catalog), log, now: () => now });
