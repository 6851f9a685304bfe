import { catalog, titleOf } from "../catalog.ts";
import { h, waymark } from "../dom.ts";
import { LESSONS } from "../lessons.ts";
import { actionsFor } from "../module-actions.ts";
import { address, type View } from "../view.ts";

/** A module with its content, and what a learner does in it. */
export async function moduleView(slug: string, course: string | null): Promise<View> {
  const { modules, courses } = await catalog();
  const module = modules.find((each) => each.slug === slug) ?? { slug };
  const within = courses.find((each) => each.slug === course);
  const { nodes, refresh } = actionsFor(module, within?.slug);
  const lesson =
    LESSONS[slug]?.text ??
    "Here your platform shows the lesson. Waymark knows its slug and its conditions, and what learners do in it.";
  return {
    title: titleOf(module),
    nodes: [
      ...(within ? [h("p", {}, h("a", { href: address("course", within.slug) }, `← ${titleOf(within)}`))] : []),
      h("div", { class: "row" }, h("h1", {}, titleOf(module)), waymark("badge", "module", slug)),
      waymark("progress", "module", slug),
      h("article", { class: "card stack" }, h("p", {}, module.scenario ?? module.summary ?? lesson)),
      ...nodes,
      h("section", { class: "card stack" }, h("h2", {}, "Why is it not complete?"), waymark("missing", "module", slug)),
    ],
    refresh,
  };
}
