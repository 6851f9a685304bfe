import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { completionJson, holderJson, moduleJson } from "../../../../src/api/wire.ts";
import type { Catalog } from "../../../../src/catalog/catalog.ts";
import type { Missing } from "../../../../src/completion/completion.ts";
import type { EntityType, HolderType } from "../../../../src/model/entity.ts";
import { fixedCatalog } from "../../../../src/service/catalog/catalog-source.ts";
import { ofLearner } from "../../../../src/service/identity/reading-store.ts";
import { createIngest } from "../../../../src/service/ingest/ingest.ts";
import { readHolder } from "../../../../src/service/read/read.ts";
import { readCompletions } from "../../../../src/service/read/read-completions.ts";
import { readModule } from "../../../../src/service/read/read-module.ts";
import type { Store } from "../../../../src/store/store.ts";
import { batchesOf, type Delivery } from "../../builders/arbitraries.ts";
import { catalogOf } from "../../builders/catalogs.ts";
import { ASKED, LEARNERS } from "../../builders/term-arbitraries.ts";
import type { ContentJson } from "./content.ts";
import { received, type Short } from "./sent.ts";
import { type Told, tell } from "./terms-oracle.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Slugs and learners' ids of which no other run has any, so that lists hold this run's alone; ids keep their order. */
function ofRun<T>(run: string, value: T): T {
  const own = (text: string) => (/^(old-)?[a-z]$/.test(text) || LEARNERS.includes(text) ? `${run}.${text}` : text);
  const renamed = (inner: unknown): unknown => {
    if (typeof inner === "string") return inner.split("/").map(own).join("/");
    if (Array.isArray(inner)) return inner.map(renamed);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, one]) => [key.split("/").map(own).join("/"), renamed(one)]),
    );
  };
  return renamed(value) as T;
}

/** Events that arrive at once. */
type Batch = { events: readonly Short[]; receivedAt: string };

/** One batch a millisecond, the last of them just before the moment of asking. */
const inTime = (batches: readonly Short[][]): Batch[] =>
  batches.map((events, index) => ({
    events,
    receivedAt: new Date(Date.parse(ASKED) - batches.length + index).toISOString(),
  }));

const REFUSED = ["COMPLETION_NOT_REACHED", "UNKNOWN_COURSE", "UNKNOWN_PATHWAY", "ATTEMPTS_EXHAUSTED"];

/** Sends batches; a claim that is ahead of the facts, or of nothing known, and an attempt too many are refused, and nothing else is. */
async function send(store: Store, catalog: Catalog, batches: readonly Batch[]): Promise<void> {
  let now = ASKED;
  const ingest = createIngest({ store, catalog: fixedCatalog(catalog), log, now: () => Date.parse(now) });
  for (const { events, receivedAt } of batches) {
    now = receivedAt;
    const results = await ingest(events.map(({ event }) => event));
    for (const { error } of results) if (error && !REFUSED.includes(error.code)) throw error;
  }
}

const missingOf = (missing: readonly Missing[]) => missing.map(({ type, slug }) => `${type}/${slug}`);

type Row = { completed_at: string; expires_at?: string | null };
const shown = ({ completed_at, expires_at = null }: Row) => ({ completed_at, expires_at });

/** What the service says of whom an id names, as it answers, in the oracle's words; `listed` by the id that the learner has. */
async function readBy(all: Store, catalog: Catalog, asked: string, told: Told) {
  const { store, named } = ofLearner(all, asked);
  const learner = await named;
  const listed = async (type: EntityType, slug: string) => {
    const { completions } = await readCompletions(all, catalog, { type, slug }, { limit: 100 });
    const rows = completions.map(completionJson).filter(({ learner_id }) => told.ids.includes(learner_id));
    // Nobody is on a list by an alias.
    expect(rows.every(({ learner_id }) => learner_id === learner)).toBe(true);
    return rows[0] === undefined ? null : shown(rows[0]);
  };
  const holder = async (type: HolderType, slug: string) => {
    const view = holderJson(await readHolder(store, catalog, asked, { type, slug }));
    const isOpen = !["completed", "expired"].includes(view.status);
    return {
      completed: view.completed,
      completed_at: view.completed_at,
      expires_at: view.expires_at,
      terms: view.terms,
      status: isOpen ? "open" : view.status,
      source: isOpen ? null : view.completion_source,
      progress: view.progress,
      missing: missingOf(view.missing),
      settled: view.settled,
      listed: await listed(type, slug),
    };
  };
  const module = async (slug: string) => {
    const { completed_at, missing } = moduleJson(await readModule(store, catalog, asked, slug), "all");
    return { completed_at, missing: missingOf(missing), listed: await listed("module", slug) };
  };
  const each = async <T>(slugs: object, read: (slug: string) => Promise<T>) =>
    Object.fromEntries(await Promise.all(Object.keys(slugs).map(async (slug) => [slug, await read(slug)] as const)));
  return {
    learner,
    modules: await each(told.modules, module),
    courses: await each(told.courses, (slug) => holder("course", slug)),
    pathways: await each(told.pathways, (slug) => holder("pathway", slug)),
  };
}

/** The same of what the oracle tells, as far as the service says it. */
function expectedOf(learner: string, { modules, courses, pathways }: Told) {
  const mapped = <T, R>(some: Record<string, T>, map: (one: T) => R): Record<string, R> =>
    Object.fromEntries(Object.entries(some).map(([slug, one]) => [slug, map(one)]));
  const listed = (completed_at: string | null, expires_at: string | null = null) =>
    completed_at === null ? null : { completed_at, expires_at };
  const holders = (some: Told["courses"]) =>
    mapped(some, ({ completed, completed_at, expires_at, terms, status, source, progress, missing }) => ({
      completed,
      completed_at,
      expires_at,
      terms,
      status,
      source,
      progress,
      missing,
      settled: true,
      listed: listed(completed_at, expires_at),
    }));
  return {
    learner,
    modules: mapped(modules, ({ completed_at, missing }) => ({ completed_at, missing, listed: listed(completed_at) })),
    courses: holders(courses),
    pathways: holders(pathways),
  };
}

/** What is sent under which content, and how it arrives: in batches, or each event alone. */
export type Sending = { files: ContentJson; events: readonly Short[]; delivery: Delivery; areAlone?: boolean };

/** Sends events in an order and in batches, and holds what the service says of every learner to the oracle. */
export async function expectAsTold(store: Store, { files: drawn, events, ...how }: Sending): Promise<void> {
  const run = randomUUID().slice(0, 8);
  const files = ofRun(run, drawn);
  const own = ofRun(run, [...events]);
  const together = batchesOf(own, how.delivery);
  const batches = inTime(how.areAlone ? together.flat().map((short) => [short]) : together);
  const catalog = catalogOf(files).at(ASKED);
  await send(store, catalog, batches);
  const receipts = batches.flatMap(({ events: some, receivedAt }) => received(some, receivedAt));
  for (const [learner, told] of Object.entries(tell(files, receipts, ASKED)))
    for (const id of told.ids) expect(await readBy(store, catalog, id, told)).toEqual(expectedOf(learner, told));
}
