import { h } from "../../dom.ts";
import { dataTable } from "../data-table.ts";
import { readAll } from "../read.ts";
import { goesOn, section, shortTime, type View } from "../view.ts";

export type Run = {
  id: string;
  kind: string;
  dry_run: boolean;
  started_at: string | null;
  ended_at: string | null;
  catalog_version?: string;
  [number: string]: unknown;
};
type Answer = { runs: Run[]; next_cursor: string | null };

const NUMBERS = ["processed", "updated", "failed", "undone", "answers", "rows", "imported", "refused"];

/** Runs of jobs, the newest first. */
export async function runsView(): Promise<View> {
  const { items, isMore } = await readAll<Answer, Run>("/runs?limit=100", ({ runs }) => runs);
  return {
    title: "Runs",
    nodes: [
      h("h1", {}, "Runs"),
      section(
        "Backfills, regrades, imports and rollbacks",
        ...goesOn(isMore, `The newest ${items.length} of them, and there are more.`),
        dataTable<Run>({
          caption: "Runs",
          nothing: "No run has left its files on this service's machine.",
          rows: items,
          columns: [
            { head: "Began", of: ({ started_at }) => shortTime(started_at) },
            {
              head: "Run",
              of: ({ id }) => id,
              cell: ({ id }) => h("a", { href: `#/run/${encodeURIComponent(id)}`, "data-key": id }, id),
            },
            { head: "Kind", of: ({ kind, dry_run }) => `${kind}${dry_run ? ", dry" : ""}` },
            { head: "Ended", of: ({ ended_at }) => shortTime(ended_at) ?? "not ended" },
            {
              head: "Came to",
              of: (run) =>
                NUMBERS.flatMap((name) => (typeof run[name] === "number" ? [`${run[name]} ${name}`] : [])).join(", "),
            },
          ],
        }),
      ),
    ],
  };
}
