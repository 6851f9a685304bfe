import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/**
 * What dark pages differ from the light ones in, and narrow from wide ones: colours, and where things stand. All else is
 * the same element in each of them, and is judged once in the light.
 */
const OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"];
const rulesOf = { light: {}, dark: { runOnly: OF_LOOKS } };
type ColorScheme = keyof typeof rulesOf;
export type Look = { colorScheme: ColorScheme; width: number };
export const LOOKS: readonly [Look, Look, Look, Look] = [
  { colorScheme: "light", width: 1_280 },
  { colorScheme: "dark", width: 1_280 },
  { colorScheme: "light", width: 360 },
  { colorScheme: "dark", width: 360 },
];

/** What keeps somebody out of a page, as it is now. @param colorScheme the one that is shown */
export async function violationsIn(page: Page, colorScheme: ColorScheme): Promise<unknown[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  // Of rules that hold, axe would tell every element that it looked at, which takes longer than looking.
  const options = { resultTypes: ["violations"], ...rulesOf[colorScheme] };
  return page.evaluate<unknown[]>(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes })))`,
  );
}

/** Holds a page, wide and narrow, light and dark, to all rules, and to the width of its window. */
export async function expectWellLooking(
  page: Page,
  { looks = LOOKS, seen = async () => {} }: { looks?: readonly Look[]; seen?: (name: string) => Promise<void> } = {},
): Promise<void> {
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const violations = await violationsIn(page, colorScheme);
    expect({ colorScheme, width, violations }).toEqual({ colorScheme, width, violations: [] });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    await seen(`${colorScheme}-${width}`);
  }
}
