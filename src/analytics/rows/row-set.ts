import type { RowOf, Table } from "../tables/define-table.ts";

/** Rows that belong together, by table; those of a table that nobody asked for are left out. */
export class RowSet {
  readonly #rows: Map<string, object[]>;

  constructor(tables: readonly Table[]) {
    this.#rows = new Map(tables.map(({ name }) => [name, []]));
  }

  has({ name }: Table): boolean {
    return this.#rows.has(name);
  }

  /** @param row in the order of the table's columns, which is that of what is written */
  add<T extends Table>(table: T, row: RowOf<T>): void {
    this.#rows.get(table.name)?.push(row);
  }

  entries(): IterableIterator<[table: string, rows: object[]]> {
    return this.#rows.entries();
  }
}
