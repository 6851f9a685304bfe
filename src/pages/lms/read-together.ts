import type { LearnerHolder, Waymark } from "../../client/types.ts";

type Kind = "course" | "pathway";
type Read = { kind: Kind; slug: string; resolve(holder: LearnerHolder): void; reject(error: Error): void };

/**
 * A client for the elements. A page that shows many courses reads them by one request, which does not tell what is missing
 * of each; a page that shows one is told all of it.
 */
export function readTogether(waymark: Waymark): Pick<Waymark, Kind | "module" | "subscribe"> {
  const reads: Read[] = [];
  const readSoon = (kind: Kind) => (slug: string) =>
    new Promise<LearnerHolder>((resolve, reject) => {
      if (reads.push({ kind, slug, resolve, reject }) === 1)
        queueMicrotask(() => void answer(waymark, reads.splice(0)));
    });
  const { module, subscribe } = waymark;
  return { module, subscribe, course: readSoon("course"), pathway: readSoon("pathway") };
}

async function answer(waymark: Waymark, reads: readonly Read[]): Promise<void> {
  const alone = ({ kind, slug, resolve, reject }: Read) => waymark[kind](slug).then(resolve, reject);
  if (reads.length === 1) return reads.forEach(alone);
  const slugsOf = (kind: Kind) => reads.filter((read) => read.kind === kind).map(({ slug }) => slug);
  const [courses, pathways] = [slugsOf("course"), slugsOf("pathway")];
  try {
    const summary = await waymark.summary({
      ...(courses.length > 0 && { courses }),
      ...(pathways.length > 0 && { pathways }),
    });
    for (const read of reads) {
      const found = summary[`${read.kind}s`].find(({ slug }) => slug === read.slug);
      if (found) read.resolve({ ...found, missing: [], terms: [] });
      // Under another name of its own, or not at all.
      else void alone(read);
    }
  } catch (error) {
    for (const { reject } of reads) reject(error as Error);
  }
}
