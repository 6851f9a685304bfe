import type { Catalog } from "../../src/catalog/catalog.ts";
import { parseContent } from "../../src/catalog/load.ts";
import { applyEvents } from "../../src/completion/apply-events.ts";
import { type InterpretedEvent, interpretEvent } from "../../src/completion/interpret-event.ts";
import { recordedBatch } from "../../src/completion/recorded-batch.ts";
import { RULES } from "../../src/completion/rules/index.ts";
import { settle } from "../../src/completion/settle.ts";
import { type EntityRef, entityKey } from "../../src/model/entity.ts";
import type { LearningEvent } from "../../src/model/events/index.ts";
import { parseEvent } from "../../src/model/parse-event.ts";
import { emptyProgress, type Progress } from "../../src/model/progress.ts";
import { contentFiles, courseSlug, moduleSlug } from "./content.ts";
import { callsPerSecond, interleave, median, ratios } from "./measure.ts";
import { atLeast, type Benchmark } from "./report.ts";

const SIZES = [10, 100, 1_000];
const NOW = "2026-01-18T10:15:00.000Z";
/** Completed modules in each of the first courses: 40 in all, and one course of 20 complete. */
const COMPLETED = [20, 10, 6, 4];

const catalogOf = (courses: number): Catalog => {
  const loaded = parseContent(contentFiles({ courses, modulesPerCourse: 20, coursesPerPathway: 8 }), RULES);
  if (!loaded.ok) throw new Error("The generated content is faulty");
  return loaded.catalog;
};

/** A learner whose flags are right. */
function learner(catalogVersion: string): Progress {
  const progress = emptyProgress();
  for (const [course, count] of COMPLETED.entries())
    for (let module = 0; module < count; module++)
      progress.module.set(moduleSlug(course, module), { facts: { completedAt: NOW } });
  const flag = { completedAt: NOW, completionSource: "inferred", recordedAt: NOW, catalogVersion } as const;
  progress.course.set(courseSlug(0), { facts: {}, flag });
  return progress;
}

function completionEvent(): LearningEvent {
  const parsed = parseEvent(
    {
      eventName: "learning_module_completed",
      eventId: "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10",
      contactIdentifier: { contactId: "123" },
      payload: { module_slug: moduleSlug(1, 9), ts: NOW },
    },
    NOW,
  );
  if (!parsed.ok) throw new Error("The event is faulty");
  return parsed.event;
}

/** How many learners a second the pure engine settles, against the size of the catalog. */
export const engine: Benchmark = async ({ quick }) => {
  const [rounds, span] = quick ? [5, 30] : [15, 100];
  const event = completionEvent();
  const changed: EntityRef = { type: "module", slug: moduleSlug(1, 9) };
  const catalogs = SIZES.map(catalogOf);
  const cases: Record<string, (catalog: Catalog) => () => unknown> = {
    "settle, 40 facts": (catalog) => {
      const progress = learner(catalog.version);
      return () => settle(catalog, progress, { stamp: { source: "backfill", recordedAt: NOW } });
    },
    "apply one event, 40 facts": (catalog) => {
      const progress = learner(catalog.version);
      const before = new Map([[entityKey(changed), { entity: changed, state: { facts: {} } }]]);
      return () => {
        const batch = recordedBatch(catalog, before, [interpretEvent(catalog, event) as InterpretedEvent]);
        return applyEvents(catalog, progress, batch, NOW);
      };
    },
  };

  const rows = [];
  for (const [name, prepare] of Object.entries(cases)) {
    const speeds = await interleave(
      rounds,
      Object.fromEntries(
        catalogs.map((catalog) => {
          const work = prepare(catalog);
          return [`size ${catalog.courses.length}`, () => callsPerSecond(work, span)];
        }),
      ),
    );
    const smallest = speeds[`size ${SIZES[0]}`] as number[];
    for (const size of SIZES) {
      const speed = speeds[`size ${size}`] as number[];
      const { ratio, spread } = ratios(speed, smallest);
      rows.push({
        benchmark: "engine",
        case: `${name}, ${size} courses`,
        value: median(speed),
        unit: "learners/s",
        ...(size !== SIZES[0] && { floor: median(smallest), ratio, spread, aim: atLeast(ratio, 0.8) }),
      });
    }
  }
  return rows;
};
