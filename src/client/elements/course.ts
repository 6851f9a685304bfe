import type { LearnerHolder } from "../types.ts";
import { html, WaymarkElement } from "./element.ts";
import type { Value } from "./reads.ts";

type Entry = LearnerHolder["entries"][number];

const MARKS = { completed: "✓", locked: "⊘", open: "○" };

/** `<waymark-course course="ruby" href="/learn/{type}/{slug}">`: what it holds, what is done of it, and until when it is valid. */
export class WaymarkCourse extends WaymarkElement {
  render(value: NonNullable<Value>): Node[] {
    const expiry = this.dated(value.status === "expired" ? "expiredOn" : "expires", value.expires_at);
    return [
      html("p", { part: "heading" }, this.titleOf(value), " ", expiry),
      html("ul", { part: "list", role: "list" }, ...(value.entries ?? []).map((entry) => this.#entry(entry))),
    ];
  }

  #entry(entry: Entry): HTMLElement {
    const open = entry.locked ? "locked" : "open";
    const state = entry.completed ? "completed" : open;
    return html(
      "li",
      { part: `entry ${state}` },
      html("span", { part: "mark", "aria-hidden": "true" }, MARKS[state]),
      this.#link(entry),
      html("span", { part: "state" }, this.text(state)),
      entry.optional ? html("span", { part: "optional" }, this.text("optional")) : undefined,
      this.dated("from", entry.from),
      this.dated("until", entry.until),
    );
  }

  #link(entry: Entry): HTMLElement {
    const href = this.getAttribute("href");
    const title = this.titleOf(entry);
    if (!href) return title;
    const address = href.replace("{type}", entry.type).replace("{slug}", encodeURIComponent(entry.slug));
    return html("a", { part: "link", href: address }, title);
  }
}
