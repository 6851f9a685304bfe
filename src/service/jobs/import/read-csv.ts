import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { CsvError, type Info, parse } from "csv-parse";
import { decoding } from "./decoding.ts";
import { ImportFault } from "./fault.ts";
import type { Mapping } from "./mapping.ts";
import type { OpenRows, Row } from "./rows.ts";

/** Longer is no row: a quote that is never closed would take the rest of the file. */
const MAX_ROW = 1_048_576;

type Parsed = { record: string[]; info: Info };

/**
 * The rows of a CSV file, one at a time, as RFC 4180 has them: quotes, CRLF or LF, with or without a byte order mark. A
 * quote in a place where none may stand is a character like any other.
 * @throws ImportFault where it has no headings
 */
export async function readCsv(file: string, options: Mapping["csv"] = {}): Promise<OpenRows> {
  const { delimiter = ",", encoding, skip_lines = 0 } = options;
  const parser = parse({
    bom: true,
    delimiter,
    from_line: skip_lines + 1,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW,
    info: true,
  });
  // What fails, fails whoever reads the parser, because the pipeline destroys it with the error.
  pipeline(createReadStream(file), decoding(encoding), parser).catch(() => {});

  const records = (parser as AsyncIterable<Parsed>)[Symbol.asyncIterator]();
  const first = await records.next().catch((error: unknown) => {
    throw error instanceof CsvError ? new ImportFault(`${file} cannot be read as CSV: ${error.message}.`) : error;
  });
  if (first.done) throw new ImportFault(`${file} has no line with headings.`);
  const { record, info } = first.value;
  const columns = record.map((name) => name.trim());
  return { layout: { format: "csv", columns }, rows: rowsOf(records, columns.length, info.lines) };
}

async function* rowsOf(records: AsyncIterator<Parsed>, width: number, headings: number): AsyncGenerator<Row> {
  let [number, line, bytes] = [0, headings, 0];
  try {
    for (let next = await records.next(); !next.done; next = await records.next()) {
      const { record, info } = next.value;
      [line, bytes] = [info.lines, info.bytes];
      yield { number: ++number, line, bytes, ...cellsOf(record, width) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const fault = `Nothing behind line ${line} can be read: ${error.message}.`;
    yield { number: ++number, line, bytes, code: "BAD_CSV", fault };
  }
}

function cellsOf(cells: string[], width: number) {
  if (cells.length === width) return { cells };
  const fault = `The row has ${cells.length} cells, and there are ${width} columns.`;
  return { code: "RAGGED_ROW" as const, fault };
}
