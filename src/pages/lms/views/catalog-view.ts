import { catalog, type HolderDefinition, type Kind, titleOf } from "../catalog.ts";
import { h, waymark } from "../dom.ts";
import { address, type View } from "../view.ts";

/** Everything there is to learn, and how far this learner is: two requests. */
export async function catalogView(): Promise<View> {
  const { courses, pathways } = await catalog();
  const sections: [string, Kind, HolderDefinition[]][] = [
    ["Pathways", "pathway", pathways],
    ["Courses", "course", courses],
  ];
  return {
    title: "Catalog",
    nodes: [
      h("h1", {}, "What would you like to learn?"),
      ...sections
        .filter(([, , holders]) => holders.length > 0)
        .flatMap(([name, kind, holders]) => [
          h("h2", {}, name),
          h("ul", { class: "cards" }, ...holders.map((holder) => cardOf(kind, holder))),
        ]),
    ],
  };
}

const cardOf = (kind: Kind, holder: HolderDefinition): HTMLElement =>
  h(
    "li",
    { class: "card" },
    h("h3", {}, h("a", { href: address(kind, holder.slug) }, titleOf(holder))),
    holder.summary && h("p", { class: "soft" }, holder.summary),
    holder.estimated_minutes !== undefined && h("small", {}, `About ${holder.estimated_minutes} minutes`),
    waymark("progress", kind, holder.slug),
  );
