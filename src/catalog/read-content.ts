import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A content file, by its path inside the content folder: `courses/ruby.json`. */
export type ContentFile = { file: string; text: string };

export type ContentFault = { file: string; path: string; message: string };

const names = (folder: string, kind: string, faults: ContentFault[]): string[] => {
  try {
    return readdirSync(join(folder, kind)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") faults.push({ file: kind, path: "", message: `Cannot be read (${code})` });
    return [];
  }
};

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Reads courses, pathways and modules under a folder, at once and synchronously: nothing can be
 * answered before the catalog is there, and a hundred small files are read faster one after the other.
 */
export function readContent(folder: string): { files: ContentFile[]; faults: ContentFault[] } {
  if (!isFolder(folder)) return { files: [], faults: [{ file: folder, path: "", message: "No such content folder" }] };
  const files: ContentFile[] = [];
  const faults: ContentFault[] = [];
  const candidates = [
    ...["courses", "pathways"].flatMap((kind) =>
      names(folder, kind, faults)
        .filter((name) => name.endsWith(".json"))
        .map((name) => `${kind}/${name}`),
    ),
    ...names(folder, "modules", faults)
      .filter((name) => isFolder(join(folder, "modules", name)))
      .flatMap((name) => [`modules/${name}/completion.json`, `modules/${name}/quiz.json`]),
  ];

  for (const file of candidates) {
    try {
      files.push({ file, text: readFileSync(join(folder, file), "utf8") });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A module's folder need not have either file, but it makes the module known.
      if (code === "ENOENT" && file.endsWith("/completion.json")) files.push({ file, text: "{}" });
      else if (code !== "ENOENT" || !file.endsWith("/quiz.json"))
        faults.push({ file, path: "", message: `Cannot be read (${code})` });
    }
  }
  return { files, faults };
}
