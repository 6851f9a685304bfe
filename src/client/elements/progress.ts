import { html, WaymarkElement } from "./element.ts";
import type { Value } from "./reads.ts";
import { statusOf } from "./status.ts";

/** `<waymark-progress course="ruby">`: a bar, and the same in words. */
export class WaymarkProgress extends WaymarkElement {
  render(value: NonNullable<Value>): Node[] {
    const { progress, progress_percentage: percent } = value;
    const status = statusOf(value);
    const isComplete = status === "completed";
    // A bar is full exactly when it is complete: `needed` says how much that takes, `total` how much there is.
    const needed = progress?.needed ?? 100;
    const done = progress ? needed - progress.short_by : (percent ?? (isComplete ? 100 : 0));
    let words: "progress" | "percent" | typeof status = status;
    if (progress && !isComplete) words = "progress";
    else if (percent !== undefined && !isComplete) words = "percent";
    return [
      html(
        "label",
        { part: "label" },
        this.titleOf(value),
        html("progress", { part: "bar", max: needed || 1, value: done }),
        html("span", { part: "text" }, this.text(words, { done, needed, percent: done })),
      ),
    ];
  }
}
