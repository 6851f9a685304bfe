import { h, refill } from "../../dom.ts";
import { dataTable } from "../data-table.ts";
import { read } from "../read.ts";
import { facts, learnerLink, section, shortTime, type View, workButton } from "../view.ts";
import type { Run } from "./runs-view.ts";

type Change = {
  type: string;
  slug: string;
  before: boolean;
  after: boolean;
  completed_at_before: string | null;
  completed_at_after: string | null;
};
type Grade = { event_id: string; task_slug: string; score_before: number; score_after: number };
type Learner = { learner_id: string; changes: Change[]; grades?: Grade[] };
type Failure = { learner_id: string | null; entity: string | null; reason: string; row?: number };
type Entity = { type: string; slug: string; set: number; cleared: number; moved: number };
type Details = Run & { entities?: Entity[]; changes: Learner[]; failures: Failure[]; next_cursor: string | null };
type Row = { learner: string; about: string; before: string; after: string };

/** One run: what it came to, by course and by learner, and what it could not do. */
export async function runView(id = ""): Promise<View> {
  const path = `/runs/${encodeURIComponent(id)}?limit=200`;
  const run = await read<Details>(path);
  const scalars = Object.entries(run).filter(([name, value]) => typeof value !== "object" && name !== "next_cursor");
  const byLearner = section("By learner");
  const rows: Row[] = [];
  const add = ({ changes, next_cursor }: Details) => {
    rows.push(...changes.flatMap(rowsOf));
    const more = next_cursor === null ? [] : workButton("Read more learners", () => readOn(next_cursor));
    refill(byLearner, h("h2", {}, "By learner"), changesTable(rows, run.dry_run), h("div", { class: "row" }, ...more));
  };
  const readOn = async (cursor: string) => add(await read<Details>(`${path}&cursor=${encodeURIComponent(cursor)}`));
  add(run);
  return {
    title: id,
    nodes: [
      h("p", {}, h("a", { href: "#/runs" }, "← Runs")),
      h("h1", {}, id),
      section(run.dry_run ? "Dry: nothing was written" : "Summary", facts(Object.fromEntries(scalars))),
      ...(run.entities ? [section("By course, pathway and module", entitiesTable(run.entities))] : []),
      byLearner,
      section("Failures", failuresTable(run.failures)),
    ],
  };
}

const standing = (is: boolean, at: string | null): string => (is ? `complete since ${shortTime(at)}` : "not complete");

const rowsOf = ({ learner_id: learner, changes, grades = [] }: Learner): Row[] => [
  ...changes.map((change) => ({
    learner,
    about: `${change.type} ${change.slug}`,
    before: standing(change.before, change.completed_at_before),
    after: standing(change.after, change.completed_at_after),
  })),
  ...grades.map(({ task_slug, event_id, score_before, score_after }) => ({
    learner,
    about: `answer ${event_id} to ${task_slug}`,
    before: String(score_before),
    after: String(score_after),
  })),
];

const changesTable = (rows: Row[], isDry: boolean): HTMLElement =>
  dataTable<Row>({
    caption: "Changes by learner",
    nothing: "No flag changed.",
    rows,
    columns: [
      { head: "Learner", of: ({ learner }) => learner, cell: ({ learner }) => learnerLink(learner) },
      { head: "What", of: ({ about }) => about },
      { head: "Before", of: ({ before }) => before },
      { head: isDry ? "Would be" : "After", of: ({ after }) => after },
    ],
  });

const entitiesTable = (entities: Entity[]): HTMLElement =>
  dataTable<Entity>({
    caption: "Changes by course, pathway and module",
    nothing: "No flag changed.",
    rows: entities,
    columns: [
      { head: "Type", of: ({ type }) => type },
      { head: "Slug", of: ({ slug }) => slug },
      { head: "Set", isNumber: true, of: ({ set }) => set },
      { head: "Cleared", isNumber: true, of: ({ cleared }) => cleared },
      { head: "Moved", isNumber: true, of: ({ moved }) => moved },
    ],
  });

const failuresTable = (failures: Failure[]): HTMLElement =>
  dataTable<Failure>({
    caption: "Failures",
    nothing: "None.",
    rows: failures,
    columns: [
      { head: "Learner", of: ({ learner_id, row }) => learner_id ?? (row === undefined ? null : `row ${row}`) },
      { head: "What", of: ({ entity }) => entity },
      { head: "Why", of: ({ reason }) => reason },
    ],
  });
