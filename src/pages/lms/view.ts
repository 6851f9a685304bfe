import { h } from "./dom.ts";

/** A page of the sample: what it is called, what stands on it, and what is read again when something has happened. */
export type View = { title: string; nodes: Node[]; refresh?: () => Promise<void> };

/** A table with its heads. Whatever stands in it is text. */
export const table = (caption: string, heads: string[], rows: (Node | string)[][]): HTMLElement =>
  h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell))))),
    ),
  );

export const address = (kind: string, slug: string, course?: string): string =>
  `#/${kind}/${encodeURIComponent(slug)}${course === undefined ? "" : `?course=${encodeURIComponent(course)}`}`;
