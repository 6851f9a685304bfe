import { h } from "../../dom.ts";
import { catalog, type Source, titleOf } from "../catalog.ts";
import { dataTable } from "../data-table.ts";
import { read } from "../read.ts";
import { facts, json, section, type View } from "../view.ts";
import { type Version, versionsSection } from "./versions-section.ts";

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
  const [health, content, { versions }] = await Promise.all([
    read<Health>("/health"),
    catalog(),
    read<{ versions: Version[] }>("/catalog/versions"),
  ]);
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
      versionsSection(content, versions),
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
