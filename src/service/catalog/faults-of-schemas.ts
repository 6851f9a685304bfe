import type { Catalog } from "../../catalog/catalog.ts";
import type { ContentFault } from "../../catalog/read-content.ts";

/**
 * What is wrong with the schemas for completion data in a catalog that was packed elsewhere, perhaps by an older build
 * or another program: as of a content folder. Most catalogs have none, and load no validator for it.
 */
export async function faultsOfSchemas({ modules }: Catalog): Promise<ContentFault[]> {
  const checked = modules.filter(({ completionData }) => completionData !== undefined);
  if (checked.length === 0) return [];
  const { schemaFaults } = await import("../../catalog/completion-data.ts");
  return checked.flatMap(({ slug, completionData = true }) =>
    schemaFaults(completionData).map(({ path, message }) => ({
      file: `modules/${slug}/completion.json`,
      path: ["completion_data", ...path].join("."),
      message,
    })),
  );
}
