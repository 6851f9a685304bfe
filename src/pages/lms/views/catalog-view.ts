import { catalog, type HolderDefinition, type Kind, needOf, titleOf } from "../catalog.ts";
import { h, refill } from "../dom.ts";
import { isComplete, type Progress, progress } from "../progress.ts";
import { address, bar, type View } from "../view.ts";

/** Everything there is to learn, and how far this learner is: two requests. */
export async function catalogView(): Promise<View> {
  const { courses, pathways } = await catalog();
  const sections: [string, Kind, HolderDefinition[], Element][] = [
    ["Pathways", "pathway", pathways, h("ul", { class: "cards" })],
    ["Courses", "course", courses, h("ul", { class: "cards" })],
  ];
  const refresh = async () => {
    const known = await progress();
    for (const [, kind, holders, list] of sections)
      refill(list, ...holders.map((holder) => cardOf(kind, holder, known)));
  };
  return {
    title: "Catalog",
    nodes: [
      h("h1", {}, "What would you like to learn?"),
      ...sections.flatMap(([name, , , list]) => [h("h2", {}, name), list]),
    ],
    refresh,
  };
}

function cardOf(kind: Kind, holder: HolderDefinition, known: Progress): HTMLElement {
  const standing = known[`${kind}s`][holder.slug];
  return h(
    "li",
    { class: "card" },
    h("h3", {}, h("a", { href: address(kind, holder.slug), "data-key": `${kind}/${holder.slug}` }, titleOf(holder))),
    holder.summary && h("p", { class: "soft" }, holder.summary),
    holder.estimated_minutes !== undefined && h("small", {}, `About ${holder.estimated_minutes} minutes`),
    bar(standing?.progress, needOf(holder), isComplete(standing)),
  );
}
