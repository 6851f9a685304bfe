import type { Holder } from "../../client/types.ts";
import { waymark } from "./learner.ts";
import type { Ratio } from "./view.ts";

export type Standing = {
  completed?: boolean;
  completed_at?: string | null;
  started_at?: string | null;
  locked?: boolean;
  status?: string;
  progress?: Ratio;
};
export type Progress = Record<"courses" | "pathways" | "modules", Record<string, Standing>>;

/** How this learner stands with everything in the catalog, by slug: one request. */
export async function progress(): Promise<Progress> {
  const { courses, pathways, modules } = await waymark().summary();
  const bySlug = (holders: Holder[]) => Object.fromEntries(holders.map((holder) => [holder.slug, holder]));
  return { courses: bySlug(courses), pathways: bySlug(pathways), modules };
}

export const isComplete = (standing: Standing | undefined): boolean =>
  standing?.completed ?? (standing?.completed_at ?? null) !== null;
