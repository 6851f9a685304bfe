import { h } from "../../dom.ts";
import type { Catalog } from "../catalog.ts";
import { type Difference, differences } from "../catalog-diff.ts";
import { dataTable } from "../data-table.ts";
import { read } from "../read.ts";
import { fill, section, shortTime } from "../view.ts";

export type Version = { version: string; published_at: string };

/** The versions that are kept, and how any two of them differ. */
export function versionsSection(now: Catalog, kept: readonly Version[]): HTMLElement {
  const words = h("p", { class: "soft" }, "Flags, histories and runs name the version that they were made under.");
  const title = `Versions: ${kept.length}`;
  if (kept.length < 2) return section(title, words, h("p", {}, "There is no other yet to compare this one with."));
  const place = h("div", { class: "stack" });
  const [before, after] = [choice(now, kept, 1), choice(now, kept, 0)];
  const submit = (event: Event) => {
    event.preventDefault();
    void fill(place, async () => {
      const [was, is] = await Promise.all([contentOf(now, before.value), contentOf(now, after.value)]);
      return [diffTable(differences(was, is), before.value, after.value)];
    });
  };
  return section(
    title,
    words,
    h(
      "form",
      { class: "tools", submit },
      h("label", {}, "From", before),
      h("label", {}, "To", after),
      h("button", {}, "Compare"),
    ),
    place,
  );
}

const choice = (now: Catalog, kept: readonly Version[], chosen: number) =>
  h(
    "select",
    {},
    ...kept.map(({ version, published_at }, index) =>
      h(
        "option",
        { value: version, selected: index === chosen },
        `${shortTime(published_at)} · ${version}${version === now.version ? " · now" : ""}`,
      ),
    ),
  );

const contentOf = async (now: Catalog, version: string): Promise<Catalog> =>
  version === now.version ? now : read<Catalog>(`/catalog?version=${encodeURIComponent(version)}`);

const diffTable = (found: Difference[], before: string, after: string): HTMLElement =>
  dataTable<Difference>({
    caption: `From ${before} to ${after}`,
    nothing: "The two say the same.",
    rows: found,
    columns: [
      { head: "What", of: ({ what }) => what },
      { head: "Type", of: ({ type }) => type },
      { head: "Slug", of: ({ slug }) => slug },
      {
        head: "Keys",
        of: ({ keys }) => keys.map(({ key }) => key).join(", "),
        cell: ({ keys }) =>
          h("div", {}, ...keys.map(({ key, before, after }) => h("p", {}, h("b", {}, key), `: ${before} → ${after}`))),
      },
    ],
  });
