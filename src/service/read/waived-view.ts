import { momentOf } from "../../completion/decisions/standing-waivers.ts";
import type { Waiver } from "../../model/decision.ts";
import type { Timestamp } from "../../model/time.ts";

/** Who waived something, why, and from when on it counts. */
export type WaivedView = { by: string; reason: string; at: Timestamp };

/** The waiver by which something is complete; undefined where none is. */
export const waivedView = (waiver: Waiver | undefined): WaivedView | undefined =>
  waiver && { by: waiver.by, reason: waiver.reason, at: momentOf(waiver) };
