import type { Catalog } from "../catalog/catalog.ts";
import type { Caller } from "./caller.ts";
import type { Told } from "./wire.ts";

/** Whoever may read for any learner is told all; a learner's own token no more than the learner was told. */
export const toldTo = ({ scopes }: Caller, catalog: Catalog): Told => (scopes.has("waymark:read") ? "all" : catalog);
