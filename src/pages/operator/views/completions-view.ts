import { h } from "../../dom.ts";
import { completionsOf, type Holder, holders, titleOf } from "../catalog.ts";
import { type Bar, chart, spark } from "../charts.ts";
import { dataTable } from "../data-table.ts";
import { ofEach, readAll } from "../read.ts";
import { fill, goesOn, section, shortTime, type View } from "../view.ts";

type Completion = { learner_id: string; completed_at: string };
type Answer = { completions: Completion[]; next_cursor: string | null };
type Counted = Holder & { times: string[]; isMore: boolean };

/** How far back, and how long each bar is, in days. */
const SPANS = {
  "30": { words: "The last 30 days", days: 30, bar: 1 },
  "90": { words: "The last 90 days", days: 90, bar: 7 },
  "365": { words: "The last year", days: 364, bar: 28 },
  "1820": { words: "The last five years", days: 1_820, bar: 91 },
};
const DAY_MS = 86_400_000;

/** Completions over time, by course and pathway. */
export function completionsView(): View {
  const place = h("div", { class: "stack" });
  const span = h(
    "select",
    { change: () => void draw() },
    ...Object.entries(SPANS).map(([value, { words }]) => h("option", { value, selected: value === "90" }, words)),
  );
  const draw = () => fill(place, () => count(span.value as keyof typeof SPANS));
  void draw();
  return {
    title: "Completions",
    nodes: [h("h1", {}, "Completions"), h("div", { class: "tools" }, h("label", {}, "Over", span)), place],
  };
}

async function count(name: keyof typeof SPANS): Promise<Node[]> {
  const { days, bar, words } = SPANS[name];
  const start = Math.floor(Date.now() / DAY_MS - days + 1) * DAY_MS;
  const since = new Date(start).toISOString();
  const counted = await ofEach(await holders(), async (holder): Promise<Counted> => {
    const { items, isMore } = await readAll<Answer, Completion>(
      completionsOf(holder, `since=${since}`),
      ({ completions }) => completions,
    );
    return { ...holder, times: items.map(({ completed_at }) => completed_at), isMore };
  });
  const barsOf = (times: readonly string[]): Bar[] => {
    const counts = new Array<number>(Math.ceil(days / bar)).fill(0);
    for (const time of times) {
      const index = Math.min(Math.floor((Date.parse(time) - start) / DAY_MS / bar), counts.length - 1);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    return counts.map((one, index) => ({
      label: new Date(start + index * bar * DAY_MS).toISOString().slice(0, 10),
      count: one,
    }));
  };
  const all = counted.flatMap(({ times }) => times);
  const isMore = counted.some((each) => each.isMore);
  const told = `${all.length}${isMore ? " or more" : ""} completions: ${words.toLowerCase()}, ${bar === 1 ? "by day" : `in steps of ${bar} days`}`;
  return [
    section(
      "All together",
      chart(barsOf(all), told),
      h("p", { class: "soft" }, told),
      ...goesOn(isMore, "Of what has “or more” the oldest are counted. Choose less time to see all of it."),
    ),
    section(
      "By course and pathway",
      dataTable<Counted>({
        caption: "Completions by course and pathway",
        nothing: "The catalog has no courses and pathways.",
        rows: counted,
        columns: [
          { head: "Type", of: ({ type }) => type },
          { head: "Title", of: ({ source }) => titleOf(source) },
          {
            head: "Completions",
            isNumber: true,
            of: ({ times }) => times.length,
            cell: ({ times, isMore }) => `${times.length}${isMore ? " or more" : ""}`,
          },
          {
            head: "Over time",
            of: ({ times }) => times.length,
            cell: ({ times, source }) =>
              spark(barsOf(times), `${titleOf(source)}: ${times.length}, ${words.toLowerCase()}`),
          },
          // They come oldest first.
          { head: "Newest", of: ({ times, isMore }) => (isMore ? null : shortTime(times.at(-1))) },
        ],
      }),
    ),
  ];
}
