import type { PlotOptions } from "@observablehq/plot";
import { AnalyticsFault } from "../analytics-fault.ts";

/** A figure is drawn once for wide pages and once for narrow ones, since text in a picture does not wrap. */
export const SIZES = { wide: 720, narrow: 340 } as const;
export type Size = keyof typeof SIZES;

type Plot = typeof import("@observablehq/plot");
export type Drawing = { Plot: Plot; draw: (options: PlotOptions) => string };

const MISSING =
  "The report takes packages that are not installed here. Install them with: npm install --include=optional";

/** What draws: Observable Plot, with a document that is in no browser. @throws AnalyticsFault where it is not installed */
export async function openDrawing(): Promise<Drawing> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]).catch(() => {
    throw new AnalyticsFault(MISSING);
  });
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  return {
    Plot,
    draw(options) {
      const svg = Plot.plot({ ...options, document, style: { background: "none", fontSize: "12px" } } as PlotOptions);
      // Its own style sheet would be there once for each figure; the page has what it says.
      svg.querySelector("style")?.remove();
      svg.setAttribute("aria-hidden", "true");
      return compact(svg.outerHTML);
    },
  };
}

/** Coordinates have many more digits than a screen has points. */
const compact = (svg: string): string =>
  svg
    .replace(/\d+\.\d{2,}/g, (digits) => String(Math.round(Number(digits) * 10) / 10))
    .replaceAll(/ class="plot-[a-z0-9]+"/g, "");

/** Letters of the page's font are about so wide. */
const LETTER = 7;

/** A label that fits: a name that is longer is told whole by the table. */
export function fitting(text: string, width: number): string {
  const most = Math.max(8, Math.floor(width / LETTER));
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
