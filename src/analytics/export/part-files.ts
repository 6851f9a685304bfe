import { closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { AnalyticsFault } from "../analytics-fault.ts";
import type { Table } from "../tables/define-table.ts";
import type { Format } from "./checkpoint.ts";
import { type Encoding, encodingOf } from "./encode-rows.ts";

const FLUSHED_FROM = 128 * 1_024;

/** Where the rows of parquet and duckdb wait until the run is whole. */
export const STAGED = "rows";
export const DIGESTS = "digests";

/** The file of a table's part, from the run's folder on. */
export const partPath = (format: Format, table: string, part: string): string => {
  if (table === DIGESTS) return join(DIGESTS, `part-${part}.txt`);
  const { extension } = encodingOf(format);
  return format === "csv" || format === "ndjson"
    ? join(table, `part-${part}.${extension}`)
    : join(STAGED, table, `part-${part}.${extension}`);
};

type Open = { file: number; length: number; waiting: string[]; waitingLength: number };

/** What one segment of a run writes, a file for each table; memory does not grow with them. */
export class PartFiles {
  readonly #folder: string;
  readonly #format: Format;
  readonly #part: string;
  readonly #encoding: Encoding;
  readonly #files = new Map<string, Open>();

  constructor(folder: string, format: Format, part: string) {
    this.#folder = folder;
    this.#format = format;
    this.#part = part;
    this.#encoding = encodingOf(format);
  }

  /** Opens a table's file, and takes back what was written after a checkpoint. */
  open(table: Pick<Table, "name" | "columns">, length: number): void {
    const path = join(this.#folder, partPath(this.#format, table.name, this.#part));
    mkdirSync(dirname(path), { recursive: true });
    const isThere = existsSync(path);
    const file = openSync(path, "a");
    if (fstatSync(file).size < length)
      throw new AnalyticsFault(
        `${path} is shorter than when the run was interrupted. Delete the folder, and export anew.`,
      );
    ftruncateSync(file, length);
    const head = table.name === DIGESTS ? "" : this.#encoding.head(table as Table);
    const open: Open = { file, length, waiting: [], waitingLength: 0 };
    this.#files.set(table.name, open);
    if (!isThere || length === 0) this.#append(open, head);
  }

  line(row: object): string {
    return this.#encoding.line(row);
  }

  append(table: string, lines: string): void {
    this.#append(this.#files.get(table) as Open, lines);
  }

  #append(open: Open, text: string): void {
    if (text === "") return;
    open.waiting.push(text);
    open.waitingLength += text.length;
    if (open.waitingLength >= FLUSHED_FROM) this.#flush(open);
  }

  #flush(open: Open): void {
    if (open.waiting.length === 0) return;
    const bytes = Buffer.from(open.waiting.join(""));
    for (let written = 0; written < bytes.length; ) written += writeSync(open.file, bytes, written);
    open.length += bytes.length;
    open.waiting = [];
    open.waitingLength = 0;
  }

  /** How long each file is now. All that was appended is in it. */
  lengths(): Record<string, number> {
    for (const open of this.#files.values()) this.#flush(open);
    return Object.fromEntries([...this.#files].map(([table, { length }]) => [table, length]));
  }

  close(): void {
    for (const open of this.#files.values()) {
      this.#flush(open);
      closeSync(open.file);
    }
    this.#files.clear();
  }
}
