import { catalog, type Kind, titleOf } from "../catalog.ts";
import { h, waymark } from "../dom.ts";
import { send } from "../news.ts";
import type { View } from "../view.ts";

/** A course or pathway: what it holds, how far the learner is, a claim, and why it is not complete. The elements show it. */
export async function holderView(kind: Kind, slug: string): Promise<View> {
  const content = await catalog();
  const holder = content[`${kind}s`].find((each) => each.slug === slug);
  if (!holder) return { title: "Not found", nodes: [h("h1", {}, `There is no ${kind} “${slug}”.`)] };

  const within = kind === "course" ? `?course=${encodeURIComponent(slug)}` : "";
  const enrol = () =>
    kind === "course"
      ? send("learning_course_enrolled", { course_slug: slug, enrollment_source: "sample_lms" })
      : send("learning_pathway_enrolled", { pathway_slug: slug, enrollment_source: "sample_lms" });
  const claim = () =>
    kind === "course"
      ? send("learning_course_completed", { course_slug: slug })
      : send("learning_pathway_completed", { pathway_slug: slug });
  return {
    title: titleOf(holder),
    nodes: [
      h("div", { class: "row" }, h("h1", {}, titleOf(holder)), waymark("badge", kind, slug)),
      ...(holder.summary ? [h("p", {}, holder.summary)] : []),
      h(
        "section",
        { class: "card stack" },
        waymark("progress", kind, slug),
        waymark("course", kind, slug, `#/{type}/{slug}${within}`),
      ),
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", click: () => void enrol() }, "Enrol"),
        h("button", { type: "button", class: "main", click: () => void claim() }, "Claim that it is complete"),
      ),
      h("section", { class: "card stack" }, h("h2", {}, "Why is it not complete?"), waymark("missing", kind, slug)),
    ],
  };
}
