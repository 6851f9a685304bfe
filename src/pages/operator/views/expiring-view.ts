import { h } from "../../dom.ts";
import { completionsOf, type Holder, holders, titleOf } from "../catalog.ts";
import { dataTable } from "../data-table.ts";
import { ofEach, readAll } from "../read.ts";
import { fill, goesOn, learnerLink, section, shortTime, type View } from "../view.ts";

type Completion = { learner_id: string; completed_at: string; expires_at: string | null };
type Answer = { completions: Completion[]; next_cursor: string | null };
type Row = Completion & { holder: Holder };

const DAY_MS = 86_400_000;
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Whose completions end before a day, or have ended. */
export function expiringView(): View {
  const place = h("div", { class: "stack" });
  const before = h("input", { type: "date", required: true, value: day(Date.now() + 60 * DAY_MS) });
  const submit = (event: Event) => {
    event.preventDefault();
    void draw();
  };
  const draw = () => fill(place, () => list(before.value));
  void draw();
  return {
    title: "Expiring",
    nodes: [
      h("h1", {}, "Who expires"),
      h("form", { class: "tools", submit }, h("label", {}, "Before", before), h("button", {}, "Show")),
      place,
    ],
  };
}

async function list(before: string): Promise<Node[]> {
  const found = await ofEach(await holders(), async (holder) => {
    const query = `expiring_before=${before}T00:00:00Z`;
    const { items, isMore } = await readAll<Answer, Completion>(
      completionsOf(holder, query),
      ({ completions }) => completions,
    );
    return { rows: items.map((completion): Row => ({ ...completion, holder })), isMore };
  });
  const isMore = found.some((each) => each.isMore);
  const rows = found
    .flatMap((each) => each.rows)
    .sort((a, b) => String(a.expires_at).localeCompare(String(b.expires_at)));
  const stateOf = ({ expires_at }: Row) => {
    const days = Math.ceil((Date.parse(expires_at ?? "") - Date.now()) / DAY_MS);
    return days <= 0 ? "Has expired" : `In ${days} ${days === 1 ? "day" : "days"}`;
  };
  return [
    section(
      `Before ${before}`,
      ...goesOn(isMore, "These and more: of one course or pathway, those who completed it first are shown."),
      dataTable<Row>({
        caption: "Completions that end",
        nothing:
          "No completion ends before then. Completions end where content says how long they are valid (valid_for).",
        rows,
        columns: [
          { head: "Expires", of: ({ expires_at }) => shortTime(expires_at) },
          { head: "State", of: stateOf },
          { head: "Learner", of: ({ learner_id }) => learner_id, cell: ({ learner_id }) => learnerLink(learner_id) },
          { head: "Type", of: ({ holder }) => holder.type },
          { head: "Title", of: ({ holder }) => titleOf(holder.source) },
          { head: "Completed", of: ({ completed_at }) => shortTime(completed_at) },
        ],
      }),
    ),
  ];
}
