import type { Catalog } from "../../catalog/catalog.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Item } from "../../store/items.ts";
import type { Pseudonyms } from "../pseudonyms.ts";
import type { Standing } from "./standing.ts";

/** All that is stored of a learner, as it was read, and what counts of it. */
export type StoredLearner = Standing & {
  /** The id by which the learner goes, and all of the learner's ids. */
  learnerId: LearnerId;
  ids: readonly LearnerId[];
  lastViewedAt: Timestamp | undefined;
  /** Of each id its history. */
  records: readonly (readonly Item[])[];
};

/** What the rows of all learners of a run have in common. */
export type RowContext = {
  /** At the moment of the run. */
  catalog: Catalog;
  pseudonyms: Pseudonyms;
  withText: boolean;
};

/** What the rows of one learner have in common; `progress` is what counts of it. */
export type Who = RowContext & Pick<StoredLearner, "progress"> & { learner: string };
