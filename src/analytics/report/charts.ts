import type { Value } from "../sql/answer.ts";
import { type Drawing, fitting, SIZES, type Size } from "./drawing.ts";

export type Row = Record<string, Value>;

const BAND = 42;
const LABEL = 18;
const SIDE = 16;
const VALUE_ROOM = 90;

/** A bar for each row, its name above it and its value behind it; lighter bars behind it show what it is a part of. */
export type Bar = { name: string; parts: number[]; value: string };

export function bars({ Plot, draw }: Drawing, size: Size, rows: readonly Bar[], most?: number): string {
  const width = SIZES[size];
  const longest = most ?? Math.max(1, ...rows.flatMap(({ parts }) => parts));
  const numbered = rows.map((row, index) => ({ ...row, index }));
  const layers = Math.max(0, ...rows.map(({ parts }) => parts.length));
  const shades = ["var(--faint)", "var(--middle)", "var(--accent)"].slice(-layers);
  return draw({
    width,
    height: rows.length * BAND + 8,
    marginLeft: 0,
    marginRight: VALUE_ROOM,
    marginTop: 4,
    marginBottom: 4,
    x: { domain: [0, longest], axis: null },
    y: { domain: numbered.map(({ index }) => index), axis: null, padding: 0 },
    marks: [
      ...shades.map((fill, layer) =>
        Plot.barX(numbered, {
          x1: 0,
          x2: (row) => row.parts[layer] ?? 0,
          y: "index",
          fill,
          insetTop: LABEL,
          insetBottom: 6,
        }),
      ),
      Plot.text(numbered, {
        x: 0,
        y: "index",
        text: (row) => fitting(row.name, width - SIDE),
        textAnchor: "start",
        dy: -BAND / 2 + LABEL / 2 + 1,
        fill: "currentColor",
      }),
      Plot.text(numbered, {
        x: (row) => Math.max(0, ...row.parts),
        y: "index",
        text: "value",
        textAnchor: "start",
        dx: 6,
        dy: LABEL / 2 - 3,
        fill: "currentColor",
      }),
    ],
  });
}

/** How something goes with time, a strip for each name. `at` is a day, such as 2026-01-19. */
export type Point = { name: string; at: string; value: number };

const STRIP = 74;

export function strips({ Plot, draw }: Drawing, size: Size, points: readonly Point[], days: number): string {
  const width = SIZES[size];
  const names = [...new Set(points.map(({ name }) => name))];
  const data = points.map((point) => ({
    ...point,
    from: new Date(point.at),
    to: new Date(Date.parse(point.at) + days * 86_400_000),
  }));
  const times = data.flatMap(({ from, to }) => [from.getTime(), to.getTime()]);
  const domain = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  const most = names.map((name) => ({
    name,
    value: Math.max(...data.filter((one) => one.name === name).map(({ value }) => value)),
  }));
  const tallest = new Map(most.map(({ name, value }) => [name, Math.max(1, value)]));
  return draw({
    width,
    height: names.length * STRIP + 42,
    marginLeft: 1,
    marginRight: 1,
    marginTop: 2,
    marginBottom: 38,
    x: {
      type: "utc",
      domain,
      axis: "bottom",
      label: null,
      ticks: size === "wide" ? 7 : 3,
      tickSize: 4,
      insetRight: 12,
      insetLeft: 12,
    },
    y: { domain: [0, 1], axis: null },
    fy: { domain: names, axis: null, padding: 0 },
    marks: [
      Plot.rectY(data, {
        x1: "from",
        x2: "to",
        y: (point) => (0.62 * point.value) / (tallest.get(point.name) ?? 1),
        fy: "name",
        fill: "var(--accent)",
        inset: 0.5,
      }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.text(most, {
        fy: "name",
        text: ({ name, value }) => fitting(`${name} · at most ${value}`, width - SIDE),
        frameAnchor: "top-left",
        dy: 4,
        fill: "currentColor",
      }),
    ],
  });
}

/** From a quarter to three quarters, and the middle. */
export type Span = { name: string; from: number; middle: number; to: number; value: string };

export function spans({ Plot, draw }: Drawing, size: Size, rows: readonly Span[]): string {
  const width = SIZES[size];
  const numbered = rows.map((row, index) => ({ ...row, index }));
  return draw({
    width,
    height: rows.length * BAND + 34,
    marginLeft: 14,
    marginRight: VALUE_ROOM,
    marginTop: 4,
    marginBottom: 30,
    x: {
      domain: [0, Math.max(1, ...rows.map(({ to }) => to))],
      label: "days",
      labelAnchor: "right",
      ticks: size === "wide" ? 6 : 3,
      tickSize: 4,
    },
    y: { domain: numbered.map(({ index }) => index), axis: null, padding: 0 },
    marks: [
      Plot.barX(numbered, {
        x1: "from",
        x2: "to",
        y: "index",
        fill: "var(--middle)",
        insetTop: LABEL + 3,
        insetBottom: 9,
      }),
      Plot.tickX(numbered, {
        x: "middle",
        y: "index",
        stroke: "var(--accent)",
        strokeWidth: 4,
        insetTop: LABEL,
        insetBottom: 6,
      }),
      Plot.text(numbered, {
        x: 0,
        y: "index",
        text: (row) => fitting(row.name, width - 2 * SIDE),
        textAnchor: "start",
        dy: -BAND / 2 + LABEL / 2 + 1,
        fill: "currentColor",
      }),
      Plot.text(numbered, {
        x: "to",
        y: "index",
        text: "value",
        textAnchor: "start",
        dx: 6,
        dy: LABEL / 2 - 3,
        fill: "currentColor",
      }),
    ],
  });
}

/** A share for each pair of names: rows are read from left to right. */
export type Cell = { row: string; column: number; share: number };

const CELL = 26;

export function cells({ Plot, draw }: Drawing, size: Size, data: readonly Cell[], label: string): string {
  const columns = size === "wide" ? 12 : 6;
  const shown = data.filter(({ column }) => column < columns);
  const rows = [...new Set(shown.map(({ row }) => row))];
  return draw({
    width: SIZES[size],
    height: rows.length * CELL + 46,
    marginLeft: 62,
    marginTop: 40,
    marginBottom: 4,
    marginRight: 4,
    x: {
      domain: Array.from({ length: columns }, (_, index) => index),
      axis: "top",
      label,
      labelAnchor: "left",
      tickSize: 0,
      padding: 0.06,
    },
    y: { domain: rows, axis: "left", label: null, tickSize: 0, padding: 0.08 },
    marks: [
      Plot.cell(shown, {
        x: "column",
        y: "row",
        fill: "var(--accent)",
        fillOpacity: ({ share }) => 0.08 + 0.92 * Math.min(1, share),
      }),
      Plot.text(shown, {
        x: "column",
        y: "row",
        text: ({ share }) => String(Math.round(100 * share)),
        fill: ({ share }) => (share > 0.5 ? "var(--on-accent)" : "currentColor"),
        fontSize: 11,
      }),
    ],
  });
}
