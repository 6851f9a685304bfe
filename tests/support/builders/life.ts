import type { Catalog } from "../../../src/catalog/catalog.ts";
import type { EntityRef, HolderType } from "../../../src/model/entity.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { settleForBackfill } from "../../../src/service/jobs/settle-for-run.ts";
import { readHolder } from "../../../src/service/read/read.ts";
import { readCompletions } from "../../../src/service/read/read-completions.ts";
import { readModule } from "../../../src/service/read/read-module.ts";
import type { CompletionsQuery } from "../../../src/store/completions.ts";
import type { Store } from "../../../src/store/store.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };
const trail = { intended: new Map(), announce() {} };

/** `2026-01-18` as its first moment, and anything longer as it is. */
export const moment = (text: string): string => new Date(text.length === 10 ? `${text}T00:00:00Z` : text).toISOString();

/** A learner's life under a catalog, in which every event is sent when it happens. */
export function lifeOf(store: Store, catalog: Catalog, learner: string) {
  const send = async (name: string, when: string, fields: object = {}, eventId?: string): Promise<EventResult> => {
    const now = moment(when);
    const ingest = createIngest({ store, catalog: fixedCatalog(catalog), log, now: () => Date.parse(now) });
    const payload = { ts: now, ...fields };
    const event = { eventName: `learning_${name}`, contactIdentifier: { contactId: learner }, payload };
    const [result] = await ingest([{ ...event, ...(eventId !== undefined && { eventId }) }]);
    return result as EventResult;
  };
  const decide = (name: string, when: string, fields: object = {}, eventId?: string) =>
    send(name, when, { reason: "because", ...fields }, eventId);
  return {
    send,
    decide,
    mark: (module: string, when: string, eventId?: string) =>
      send("module_completed", when, { module_slug: module }, eventId),
    score: (module: string, task: string, score: number, when: string, eventId?: string) =>
      send("task_submitted", when, { module_slug: module, task_slug: task, score }, eventId),
    backfill: (when: string, under = catalog, dryRun = false) =>
      settleForBackfill(
        store,
        { catalog: under.at(moment(when)), revoke: true, revokeUnknown: false, dryRun, recordedAt: moment(when) },
        learner,
        trail,
      ),
    holder: (type: HolderType, slug: string, when: string, under = catalog) =>
      readHolder(store, under.at(moment(when)), learner, { type, slug }),
    module: (slug: string, when: string) => readModule(store, catalog.at(moment(when)), learner, slug),
    list: async (entity: EntityRef, query: Partial<CompletionsQuery> = {}) =>
      (await readCompletions(store, catalog, entity, { limit: 100, ...query })).completions
        .filter(({ learnerId }) => learnerId === learner)
        .map(({ completedAt, expiresAt }) => ({ completedAt, expiresAt })),
  };
}
export type Life = ReturnType<typeof lifeOf>;

/** The courses and pathways that an event completed newly. */
export const newlyCompleted = (result: EventResult): string[] =>
  result.error
    ? [`refused: ${result.error.code}`]
    : result.outcome.flagged.filter(({ newlyCompleted: is }) => is).map(({ slug }) => slug);
