import { h } from "../../dom.ts";
import { type Catalog, catalog, type Source, titleOf } from "../catalog.ts";
import { type Difference, differences } from "../catalog-diff.ts";
import { dataTable } from "../data-table.ts";
import { read } from "../read.ts";
import { facts, fill, json, section, type View } from "../view.ts";

type Fault = { file: string; path: string; message: string };
type Health = {
  status: string;
  catalog_version: string;
  counts: Record<string, number>;
  catalog_fault_count: number;
  catalog_faults?: Fault[];
};
type Row = { type: string; source: Source };

/** The content that the service decides by, its faults, and how it differs from versions of before. */
export async function catalogView(): Promise<View> {
  const [health, content] = await Promise.all([read<Health>("/health"), catalog()]);
  const rows: Row[] = (["pathways", "courses", "modules"] as const).flatMap((kind) =>
    content[kind].map((source) => ({ type: kind.slice(0, -1), source })),
  );
  return {
    title: "Catalog",
    nodes: [
      h("h1", {}, "Catalog"),
      section(
        "Now",
        facts({
          status: health.status,
          version: health.catalog_version,
          ...health.counts,
          faults: health.catalog_fault_count,
        }),
      ),
      section(
        "Faults of newer content",
        dataTable<Fault>({
          caption: "Faults",
          nothing: "None: what is published is what the service decides by.",
          rows: health.catalog_faults ?? [],
          columns: [
            { head: "File", of: ({ file }) => file },
            { head: "Where", of: ({ path }) => path },
            { head: "What", of: ({ message }) => message },
          ],
        }),
      ),
      versions(content),
      section(
        "Content",
        dataTable<Row>({
          caption: "Pathways, courses and modules",
          nothing: "The catalog is empty.",
          rows,
          columns: [
            { head: "Type", of: ({ type }) => type },
            { head: "Title", of: ({ source }) => titleOf(source) },
            { head: "Slug", of: ({ source }) => source.slug },
            { head: "Valid for", of: ({ source }) => source.valid_for },
            { head: "Retired", of: ({ source }) => (source.retired ? "retired" : null) },
            {
              head: "File",
              of: () => null,
              cell: ({ source }) => h("details", {}, h("summary", {}, "Look"), json(source)),
            },
          ],
        }),
      ),
    ],
  };
}

/** Versions that runs were made under are known by name; any other can be typed in. */
function versions(now: Catalog): HTMLElement {
  const place = h("div", { class: "stack" });
  const known = h("datalist", { id: "versions" });
  void read<{ runs: { catalog_version?: string }[] }>("/runs?limit=100")
    .then(({ runs }) => {
      const found = new Set(runs.flatMap(({ catalog_version }) => catalog_version ?? []));
      known.replaceChildren(...[...found].map((value) => h("option", { value })));
    })
    .catch(() => {});
  const field = h("input", { list: "versions", required: true, pattern: "[0-9a-f]{1,64}", autocomplete: "off" });
  const submit = (event: Event) => {
    event.preventDefault();
    void fill(place, async () => {
      const before = await read<Catalog>(`/catalog?version=${encodeURIComponent(field.value)}`);
      return [diffTable(differences(before, now), field.value, now.version)];
    });
  };
  return section(
    "Versions",
    h(
      "p",
      { class: "soft" },
      "Flags, histories and runs name the version that they were made under. Compare it with today's.",
    ),
    h("form", { class: "tools", submit }, h("label", {}, "Version", field), known, h("button", {}, "Compare")),
    place,
  );
}

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
