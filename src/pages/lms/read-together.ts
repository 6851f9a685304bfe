import type { LearnerHolder, Waymark } from "../../client/types.ts";

type Kind = "course" | "pathway";
type Read = { kind: Kind; slug: string; resolve(holder: LearnerHolder): void; reject(error: Error): void };

/**
 * A client for the elements. What a page shows of many courses is read by one request, which does not tell what is missing
 * of each; where an element says what is missing, that course is read by itself.
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

const isAskedWhy = ({ kind, slug }: Read): boolean =>
  document.querySelector(`waymark-missing[${kind}="${CSS.escape(slug)}"]`) !== null;

const alone = (waymark: Waymark, { kind, slug, resolve, reject }: Read) => waymark[kind](slug).then(resolve, reject);

async function answer(waymark: Waymark, all: readonly Read[]): Promise<void> {
  const listed = all.filter((read) => !isAskedWhy(read));
  const reads = listed.length > 1 ? listed : [];
  for (const read of all) if (!reads.includes(read)) void alone(waymark, read);
  if (reads.length === 0) return;
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
      else void alone(waymark, read);
    }
  } catch (error) {
    for (const { reject } of reads) reject(error as Error);
  }
}
