import type { LoadedCatalog } from "../../catalog/load.ts";
import { checkPack } from "../../catalog/pack.ts";
import { RULES } from "../../completion/rules/index.ts";
import { faultsOfSchemas } from "./faults-of-schemas.ts";

/** A packed catalog from elsewhere, or what is wrong with it. @param file what the faults call it */
export async function checkPacked(text: string, file: string): Promise<LoadedCatalog> {
  const checked = checkPack(text, RULES);
  if (!checked.ok) return { ok: false, faults: [{ file, path: "", message: checked.reason }] };
  const faults = await faultsOfSchemas(checked.catalog);
  return faults.length === 0 ? checked : { ok: false, faults };
}
