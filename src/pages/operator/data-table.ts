import { h, refill } from "../dom.ts";

type Value = string | number | boolean | null | undefined;

/** `of` is what is sorted and filtered by, and shown where `cell` shows nothing else. */
export type Column<Row> = {
  head: string;
  of: (row: Row) => Value;
  cell?: (row: Row) => Node | string;
  isNumber?: boolean;
};

const STEP = 100;
const textOf = (value: Value): string => (value === null || value === undefined ? "" : String(value));

/** Texts by the reader's alphabet and numbers by size; what is not known comes last, whichever way. */
function compare(a: Value, b: Value, direction: number): number {
  const [isNoneOfA, isNoneOfB] = [a, b].map((value) => value === null || value === undefined || value === "");
  if (isNoneOfA || isNoneOfB) return Number(isNoneOfA) - Number(isNoneOfB);
  if (typeof a === "number" && typeof b === "number") return (a - b) * direction;
  return String(a).localeCompare(String(b), undefined, { numeric: true }) * direction;
}

type Options<Row> = { caption: string; columns: Column<Row>[]; rows: readonly Row[]; nothing: string };

/** A table that sorts by its heads and filters by a text; a hundred rows at first, and more when asked for. */
export function dataTable<Row>({ caption, columns, rows, nothing }: Options<Row>): HTMLElement {
  if (rows.length === 0) return h("p", { class: "soft" }, nothing);
  const view = { by: undefined as number | undefined, direction: 1, wanted: "", shown: STEP };
  const body = h("tbody");
  const status = h("p", { class: "soft", role: "status" });
  const more = h("button", { type: "button", click: () => change({ shown: view.shown + STEP }) }, "Show more");
  const heads = columns.map(({ head, isNumber }, index) =>
    h(
      "th",
      { scope: "col", class: isNumber && "number" },
      h("button", { type: "button", click: () => sortBy(index) }, head),
    ),
  );
  const sortBy = (index: number) =>
    change({ by: index, direction: view.by === index ? -view.direction : 1, shown: STEP });
  const change = (to: Partial<typeof view>) => {
    Object.assign(view, to);
    draw();
  };
  const draw = () => {
    const { by, direction, wanted, shown } = view;
    const found = rows.filter((row) => columns.some(({ of }) => textOf(of(row)).toLowerCase().includes(wanted)));
    const column = by === undefined ? undefined : columns[by];
    if (column) found.sort((a, b) => compare(column.of(a), column.of(b), direction));
    for (const [index, head] of heads.entries())
      if (index === by) head.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    refill(body, ...found.slice(0, shown).map((row) => rowOf(columns, row)));
    more.hidden = found.length <= shown;
    const visible = Math.min(shown, found.length);
    status.textContent = `${visible} of ${rows.length}${wanted && ` (${found.length} match)`}`;
  };
  const filter = h("input", {
    type: "search",
    input: () => change({ wanted: filter.value.trim().toLowerCase(), shown: STEP }),
  });
  draw();
  return h(
    "div",
    { class: "stack" },
    h("div", { class: "tools" }, h("label", {}, `Filter: ${caption}`, filter), status),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
      h("table", {}, h("caption", { class: "skip" }, caption), h("thead", {}, h("tr", {}, ...heads)), body),
    ),
    h("div", {}, more),
  );
}

const rowOf = <Row>(columns: Column<Row>[], row: Row): HTMLElement =>
  h(
    "tr",
    {},
    ...columns.map(({ of, cell, isNumber }) =>
      h("td", { class: isNumber && "number" }, cell ? cell(row) : textOf(of(row)) || "—"),
    ),
  );
