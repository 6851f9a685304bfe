import * as z from "zod";
import type { Decided } from "../decision.ts";
import type { EntityType } from "../entity.ts";
import { type Timestamp, TimestampInput } from "../time.ts";
import { Reason, Withdrawn } from "./fields.ts";

/** What a waiver says besides what it waives. */
export const WAIVER_FIELDS = {
  reason: Reason,
  withdrawn: Withdrawn,
  as: z.literal("imported", { error: "Expected imported" }).optional(),
  completed_at: TimestampInput.optional(),
};

type Sent = {
  reason: string;
  withdrawn?: true | undefined;
  as?: "imported" | undefined;
  completed_at?: Timestamp | undefined;
};

export const WAIVER_CHECK = {
  isSound: ({ as, completed_at, withdrawn }: Sent) =>
    (as === undefined) === (completed_at === undefined) && (as === undefined || withdrawn === undefined),
  path: "as" as const,
  error: "Expected as: imported together with completed_at, and neither where a waiver is withdrawn",
};

/** What a waiver of an entity decides. A completion that was brought along counts from its own time. */
export const waiverOf = (
  type: EntityType,
  slug: string,
  { reason, withdrawn, completedAt }: Pick<Sent, "reason" | "withdrawn"> & { completedAt?: Timestamp | undefined },
): Decided & { reason: string } => ({ kind: "waiver", entity: { type, slug }, reason, withdrawn, completedAt });
