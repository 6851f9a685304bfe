import { html, WaymarkElement } from "./element.ts";
import type { Value } from "./reads.ts";
import { statusOf } from "./status.ts";

/** `<waymark-badge course="ruby">`: in a word, where the learner stands. */
export class WaymarkBadge extends WaymarkElement {
  render(value: NonNullable<Value>): Node[] {
    const status = statusOf(value);
    return [html("span", { part: `badge ${status}` }, this.text(status))];
  }
}
