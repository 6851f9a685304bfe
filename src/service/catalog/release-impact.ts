import { join } from "node:path";
import type { Catalog } from "../../catalog/catalog.ts";
import { type EntityRef, type EntityType, entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import { compareText } from "../../model/text.ts";
import type { Timestamp } from "../../model/time.ts";
import { parseEntityKey } from "../../store/keys.ts";
import type { ScannedPage, Scanner } from "../../store/scanner.ts";
import type { ChangeRecord, LearnerChanges } from "../jobs/change.ts";
import { readEntries } from "../jobs/read-entries.ts";
import { type BackfillRun, runBackfill } from "../jobs/run.ts";
import { BACKFILL_FILES } from "../jobs/run-folder.ts";
import type { RunProgress } from "../jobs/run-session.ts";
import type { Summary } from "../jobs/summary.ts";

/** What would become of a completion. `expire`: it stays, and is over at once by how long content says that it holds. */
export type Fate = "gain" | "lose" | "expire" | "move";

/** Of one entity: how many completions stand now, how many would change, and a few of those whose they are. */
export type EntityImpact = EntityRef & {
  standing: number;
  counts: Record<Fate, number>;
  who: Record<Fate, LearnerId[]>;
};

export type ReleaseImpact = { summary: Summary; entities: EntityImpact[] };

/** So many learners are named of each. */
const NAMED = 3;
/** A release that takes away a larger share of an entity's completions is asked about. */
export const MAX_LOST = 0.01;

/** Completions that would be cleared, or over at once. */
export const lostOf = ({ counts }: Pick<EntityImpact, "counts">): number => counts.lose + counts.expire;

export const losesTooMany = (impact: Pick<EntityImpact, "counts" | "standing">): boolean =>
  lostOf(impact) > MAX_LOST * impact.standing;

/**
 * What a release would do to learners: a dry run of the backfill under the catalog that is to be published, and by
 * entity what it found, those with the most losses first.
 * @param run a dry run
 * @returns undefined when the run was stopped
 */
export async function impactOf(
  run: BackfillRun,
  onProgress: (progress: RunProgress) => void,
): Promise<ReleaseImpact | undefined> {
  const { catalog, scanner, checkpoint, folder } = run;
  const tally = new ImpactTally(catalog, checkpoint.startTime);
  const summary = await runBackfill(
    { ...run, scanner: watched(scanner, (page) => tally.addStanding(page)) },
    onProgress,
  );
  if (summary === undefined) return undefined;
  for await (const entry of readEntries<LearnerChanges>(join(folder.path, BACKFILL_FILES.changes))) tally.add(entry);
  return { summary, entities: tally.entities() };
}

/** The same scanner, whose pages are looked at on their way. */
const watched = (scanner: Scanner, look: (page: ScannedPage) => void): Scanner => ({
  ...scanner,
  async *segment(...asked) {
    for await (const page of scanner.segment(...asked)) {
      look(page);
      yield page;
    }
  },
});

class ImpactTally {
  readonly #catalog: Catalog;
  readonly #now: Timestamp;
  readonly #standing = new Map<string, number>();
  readonly #changed = new Map<string, EntityImpact>();

  constructor(catalog: Catalog, now: Timestamp) {
    this.#catalog = catalog;
    this.#now = now;
  }

  /** Whatever has a time of completion is complete, as the lists of completions have it. */
  addStanding({ learners }: ScannedPage): void {
    for (const { items } of learners)
      for (const item of items) {
        const entity = item.completed_at === undefined ? undefined : parseEntityKey(item.entity);
        if (entity === undefined) continue;
        const key = entityKey(this.#catalog.resolve(entity));
        this.#standing.set(key, (this.#standing.get(key) ?? 0) + 1);
      }
  }

  add({ contact_id, changes }: LearnerChanges): void {
    for (const change of changes) {
      const { type, slug } = this.#catalog.resolve<EntityType>(change);
      const key = entityKey({ type, slug });
      const impact = this.#changed.get(key) ?? newImpact({ type, slug });
      this.#changed.set(key, impact);
      const fate = fateOf(change, this.#now);
      impact.counts[fate]++;
      if (impact.who[fate].length < NAMED) impact.who[fate].push(contact_id);
    }
  }

  entities(): EntityImpact[] {
    return [...this.#changed]
      .map(([key, impact]) => ({ ...impact, standing: this.#standing.get(key) ?? 0 }))
      .sort(
        (a, b) => lostOf(b) - lostOf(a) || b.counts.gain - a.counts.gain || compareText(entityKey(a), entityKey(b)),
      );
  }
}

const newImpact = ({ type, slug }: EntityRef): EntityImpact => ({
  type,
  slug,
  standing: 0,
  counts: { gain: 0, lose: 0, expire: 0, move: 0 },
  who: { gain: [], lose: [], expire: [], move: [] },
});

export function fateOf(change: ChangeRecord, now: Timestamp): Fate {
  const { completed_at_before: was, completed_at_after: is } = change;
  if (is === null) return "lose";
  if (was === null) return "gain";
  const isOver = (expiresAt: string | null | undefined) => expiresAt != null && expiresAt <= now;
  return isOver(change.expires_at_after) && !isOver(change.expires_at_before) ? "expire" : "move";
}
