import type { Missing } from "../types.ts";
import { html, WaymarkElement } from "./element.ts";
import type { Value } from "./reads.ts";
import { TEXTS, type Texts } from "./texts.ts";

/** `<waymark-missing course="ruby">`: why it is not complete, in words. */
export class WaymarkMissing extends WaymarkElement {
  render(value: NonNullable<Value>): Node[] {
    const { missing = [], progress } = value;
    if (missing.length === 0) return [html("p", { part: "heading" }, this.text("nothingMissing"))];
    const more = value.missing_more ?? 0;
    const count = progress?.short_by ?? 0;
    const isChoice = count > 0 && count < missing.length + more;
    return [
      html("p", { part: "heading" }, isChoice ? this.text("anyOf", { count }) : this.text("stillToDo")),
      html(
        "ul",
        { part: "list", role: "list" },
        ...missing.map((each) => html("li", { part: "entry" }, html("bdi", {}, this.#words(each, value.slug)))),
        more > 0 ? html("li", { part: "more" }, this.text("more", { count: more })) : undefined,
      ),
    ];
  }

  #words({ type, slug, title }: Missing, of: string): string {
    // A module without conditions misses itself: its mark.
    if (type === "module" && slug === of) return this.text("mark");
    return this.text((type in TEXTS ? type : "module") as keyof Texts, { title: title ?? slug });
  }
}
