import type { RowOf, Table } from "../tables/define-table.ts";

/** Rows that belong together, by table. Those of a table that nobody asked for are left out of what is written. */
export class RowSet {
  readonly #rows: Map<string, object[]>;
  readonly #others = new Map<string, object[]>();

  constructor(tables: readonly Table[]) {
    this.#rows = new Map(tables.map(({ name }) => [name, []]));
  }

  has({ name }: Table): boolean {
    return this.#rows.has(name);
  }

  /** @param row in the order of the table's columns, which is that of what is written */
  add<T extends Table>({ name }: T, row: RowOf<T>): void {
    const rows = this.#rows.get(name) ?? this.#others.get(name);
    if (rows) rows.push(row);
    else this.#others.set(name, [row]);
  }

  /** A table's rows so far, asked for or not: others are made of them. */
  of<T extends Table>({ name }: T): readonly RowOf<T>[] {
    return (this.#rows.get(name) ?? this.#others.get(name) ?? []) as RowOf<T>[];
  }

  entries(): IterableIterator<[table: string, rows: object[]]> {
    return this.#rows.entries();
  }
}
