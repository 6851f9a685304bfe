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

  add<T extends Table>(table: T, row: RowOf<T>): void {
    this.#rows.get(table.name)?.push(row);
  }

  entries(): IterableIterator<[table: string, rows: object[]]> {
    return this.#rows.entries();
  }
}
