import { catalog, entriesOf, type Kind, needOf, titleOf } from "../catalog.ts";
import { h, refill, waymark } from "../dom.ts";
import { send } from "../news.ts";
import { isComplete, progress, stateOf } from "../progress.ts";
import { address, bar, type View } from "../view.ts";

/** A course or pathway: what it holds, how far the learner is, a claim, and why it is not complete. */
export async function holderView(kind: Kind, slug: string): Promise<View> {
  const content = await catalog();
  const holder = content[`${kind}s`].find((each) => each.slug === slug);
  if (!holder) return { title: "Not found", nodes: [h("h1", {}, `There is no ${kind} “${slug}”.`)] };

  const [measure, list] = [h("div"), h("ul", { class: "entries" })];
  const refresh = async () => {
    const known = await progress();
    const standing = known[`${kind}s`][slug];
    refill(measure, bar(standing?.progress, needOf(holder), isComplete(standing)));
    refill(
      list,
      ...entriesOf(holder).map(({ type, slug: entry, optional }) => {
        const own = known[`${type}s`][entry];
        const title = titleOf(content[`${type}s`].find((each) => each.slug === entry) ?? { slug: entry });
        return h(
          "li",
          {},
          h("a", { href: address(type, entry, kind === "course" ? slug : undefined), "data-key": entry }, title),
          optional && h("small", {}, "Optional"),
          h("span", { class: isComplete(own) ? "state done" : "state" }, stateOf(own)),
        );
      }),
    );
  };
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
      h("section", { class: "card stack" }, measure, list),
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", click: () => void enrol() }, "Enrol"),
        h("button", { type: "button", class: "main", click: () => void claim() }, "Claim that it is complete"),
      ),
      h("section", { class: "card stack" }, h("h2", {}, "Why is it not complete?"), waymark("missing", kind, slug)),
    ],
    refresh,
  };
}
