import type { Link } from "./link.ts";
import type { Timestamp } from "./time.ts";

/**
 * What is known of a learner's id itself: when the learner was deleted, with which ids it was ever linked, and whether any
 * event was ever voided under it.
 */
export type Identity = { deletedAt?: Timestamp; links?: readonly Link[]; hasVoids?: true };
