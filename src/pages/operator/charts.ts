/** What happened in one stretch of time. */
export type Bar = { label: string; count: number };

type Attributes = Record<string, string | number>;

function svg(tag: string, attributes: Attributes, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const [HEIGHT, FOOT, SIDE] = [200, 20, 34];
/** A label is a date, so wide. */
const LABEL = 80;

/** Bars over time with an axis; `words` says for who cannot see it what it shows. */
export function chart(bars: readonly Bar[], words: string): SVGElement {
  // As wide as it will stand, so that its words are as large as others.
  const width = Math.min(800, Math.max(240, innerWidth - 80));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const step = (width - SIDE) / Math.max(1, bars.length);
  const top = (count: number) => (HEIGHT - FOOT) * (1 - (count / most) * 0.95);
  const every = Math.ceil(LABEL / step);
  return svg(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": words },
    ...[0, most].map((count) => svg("line", { x1: SIDE, x2: width, y1: top(count), y2: top(count) })),
    ...[0, most].map((count) => svg("text", { x: SIDE - 6, y: top(count) + 4, "text-anchor": "end" }, String(count))),
    ...bars.map(({ label, count }, index) =>
      svg(
        "rect",
        {
          x: (SIDE + index * step + step * 0.1).toFixed(1),
          y: top(count).toFixed(1),
          width: (step * 0.8).toFixed(1),
          height: (top(0) - top(count)).toFixed(1),
        },
        svg("title", {}, `${label}: ${count}`),
      ),
    ),
    ...bars
      .map(({ label }, index) => ({ label, x: SIDE + index * step }))
      .filter(({ x }, index) => index % every === 0 && x + LABEL * 0.9 <= width)
      .map(({ label, x }) => svg("text", { x: x.toFixed(1), y: HEIGHT - 4 }, label)),
  );
}

/** The same within a line of a table, without an axis. */
export function spark(bars: readonly Bar[], words: string): SVGElement {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return svg(
    "svg",
    {
      class: "chart spark",
      viewBox: `0 0 ${Math.max(1, bars.length)} 10`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": words,
    },
    ...bars.map(({ count }, index) =>
      svg("rect", { x: index + 0.1, y: 10 - (count / most) * 10, width: 0.8, height: (count / most) * 10 }),
    ),
  );
}
