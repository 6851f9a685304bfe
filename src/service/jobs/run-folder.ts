import { once } from "node:events";
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { makeFolder } from "../../store/make-folder.ts";

/** Lines that one segment has written: changes and failures that stand, and what it means to change next. */
const KINDS = ["changes", "failures", "intents"] as const;
export type Kind = (typeof KINDS)[number];

/** How long each of a segment's files was when all in it was done. */
export type Lengths = Record<"changes" | "failures", number>;

/** What a run's files are called; what has no name is not put together. */
export type FileNames = { summary: string; changes?: string; failures: string };
export const BACKFILL_FILES = {
  summary: "backfill-summary.json",
  changes: "backfill-changes.json",
  failures: "backfill-failures.json",
} as const satisfies FileNames;
export const IMPORT_FILES = {
  summary: "import-summary.json",
  failures: "import-refused.json",
} as const satisfies FileNames;

/**
 * A run's folder. While the run goes, each segment appends lines to files of its own under `parts`; at its end they
 * become the run's files. Memory does not grow with them.
 */
export class RunFolder {
  readonly path: string;
  readonly #names: FileNames;
  readonly #files = new Map<string, number>();
  /** Files with something that may not be on the disk yet: to sync the others as well makes a run wait for nothing. */
  readonly #unsynced = new Set<number>();

  constructor(path: string, names: FileNames = BACKFILL_FILES) {
    this.path = path;
    this.#names = names;
  }

  create(): void {
    makeFolder(join(this.path, "parts"));
  }

  get exists(): boolean {
    return existsSync(join(this.path, "checkpoint.json"));
  }

  append(kind: Kind, segment: number, values: readonly unknown[]): void {
    if (values.length === 0) return;
    const file = this.#open(kind, segment);
    this.#unsynced.add(file);
    writeSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(""));
  }

  lengths(segment: number): Lengths {
    return {
      changes: fstatSync(this.#open("changes", segment)).size,
      failures: fstatSync(this.#open("failures", segment)).size,
    };
  }

  /** Takes back what was appended after a checkpoint. */
  truncate(segment: number, { changes, failures }: Lengths): void {
    ftruncateSync(this.#open("changes", segment), changes);
    ftruncateSync(this.#open("failures", segment), failures);
  }

  /** What the segment meant to change since its last checkpoint. */
  intents<T>(segment: number): T[] {
    const file = this.#open("intents", segment);
    const text = readFileSync(this.#part("intents", segment));
    // The last line may have been cut off: then its write was never begun, and the next line must not join it.
    const whole = text.subarray(0, text.lastIndexOf("\n") + 1);
    ftruncateSync(file, whole.length);
    return whole
      .toString()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  }

  /** Forgets what was announced, but for what is left of it; a kill between any two steps forgets nothing of that. */
  keepIntents(segment: number, left: readonly unknown[]): void {
    if (left.length > 0) this.#replaceIntents(segment, left);
    else this.#clearIntents(this.#open("intents", segment));
  }

  #clearIntents(file: number): void {
    if (fstatSync(file).size === 0) return;
    this.#unsynced.add(file);
    ftruncateSync(file, 0);
  }

  #replaceIntents(segment: number, left: readonly unknown[]): void {
    const path = this.#part("intents", segment);
    writeFileSync(`${path}.new`, left.map((value) => `${JSON.stringify(value)}\n`).join(""), { flush: true });
    const before = this.#open("intents", segment);
    renameSync(`${path}.new`, path);
    this.#files.delete(path);
    this.#unsynced.delete(before);
    closeSync(before);
  }

  /** All that is in the files is on the disk before the checkpoint says so. */
  saveCheckpoint(checkpoint: object): void {
    this.sync();
    this.#replace("checkpoint.json", checkpoint);
  }

  sync(): void {
    for (const file of this.#unsynced) fdatasyncSync(file);
    this.#unsynced.clear();
  }

  loadCheckpoint(): unknown {
    return JSON.parse(readFileSync(join(this.path, "checkpoint.json"), "utf8"));
  }

  saveSummary(summary: object): void {
    this.#replace(this.#names.summary, summary);
  }

  /** Puts the segments' files together, in order of segment. */
  async assemble(segments: readonly number[]): Promise<void> {
    const { changes, failures } = this.#names;
    if (changes !== undefined) await this.#assemble("changes", changes, segments);
    await this.#assemble("failures", failures, segments);
  }

  /** The parts are no longer needed once the files are whole and the checkpoint says so. */
  removeParts(): void {
    this.close();
    rmSync(join(this.path, "parts"), { recursive: true, force: true });
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
    this.#unsynced.clear();
  }

  #part(kind: Kind, segment: number): string {
    return join(this.path, "parts", `${kind}-${segment}.ndjson`);
  }

  #open(kind: Kind, segment: number): number {
    const path = this.#part(kind, segment);
    const open = this.#files.get(path);
    if (open !== undefined) return open;
    const file = openSync(path, "a");
    this.#files.set(path, file);
    return file;
  }

  #replace(name: string, value: object): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(`${path}.new`, path);
  }

  /** A JSON array with a line per entry, so that it can be read a line at a time. */
  async #assemble(kind: Kind, name: string, segments: readonly number[]): Promise<void> {
    const path = join(this.path, name);
    const out = createWriteStream(`${path}.new`);
    let separator = "[\n";
    for (const segment of segments) {
      if (!existsSync(this.#part(kind, segment))) continue;
      for await (const line of createInterface({ input: createReadStream(this.#part(kind, segment)) })) {
        if (!out.write(separator + line)) await once(out, "drain");
        separator = ",\n";
      }
    }
    out.end(separator === "[\n" ? "[]\n" : "\n]\n");
    await once(out, "finish");
    renameSync(`${path}.new`, path);
  }
}
