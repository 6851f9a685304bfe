import { compareText } from "../model/text.ts";

/** A row's place in its list: its time, and what tells it from others of that time. */
export type Place = { at: string; id: string };
/** Where one list is read from: at a time or later, or behind a place. */
export type Start = { from: string } | { behind: Place };

export type ListPage<Row> = {
  rows: (Place & { row: Row })[];
  /** Where it ended; undefined at the list's end. */
  ended: Place | undefined;
};

/** One of several lists that are read side by side. Each has its rows in order of time, and its own order among those of one time. */
export type List<Row> = { name: string; read: (start: Start, limit: number) => Promise<ListPage<Row>> };

/** Behind a row of one of the lists. */
export type Cursor = Place & { list: string };

export type Merging = {
  limit: number;
  /** The time that begins the range. */
  from: string;
  after?: Cursor | undefined;
  /** How many rows of one list are looked at in one go, at least, where most of them may not be wanted. */
  looking?: { first: number; more: number } | undefined;
};

export type Merged<Row> = { rows: { row: Row; list: string }[]; next: Cursor | undefined };

/** Without a filter two rounds do; with one, a page that has found few rows by then ends early. */
const MAX_ROUNDS = 4;

/** A list as far as it has been read. `ended` is undefined once all of it is known. */
type Reader<Row> = {
  list: List<Row>;
  index: number;
  found: ListPage<Row>["rows"];
  start: Start;
  ended: Place | undefined;
  isOver: boolean;
};

/**
 * A page of several lists as if they were one, in order of time, and of the lists among rows of one time. In a first round
 * each list is asked for its share of the page and a little more, which mostly is enough; in a second those alone in which
 * more of the page may lie. So a page costs little more than its rows, and never more than `limit` rows of each list.
 * @param merging `after` is of one of these lists
 * @returns a page, which may have fewer rows than asked for, or none, where `next` is given all the same
 */
export async function mergeLists<Row>(lists: readonly List<Row>[], merging: Merging): Promise<Merged<Row>> {
  const { limit, after, looking = { first: 1, more: 1 } } = merging;
  const last = lists.findIndex(({ name }) => name === after?.list);
  const readers = lists.map((list, index): Reader<Row> => {
    const start = startOf(index, last, merging);
    return { list, index, found: [], start, ended: undefined, isOver: false };
  });

  for (let round = 0; round < MAX_ROUNDS; round++) {
    const needed = furthestNeeded(readers, limit);
    const open = readers.filter((reader) => !reader.isOver && (round === 0 || isShort(reader, needed)));
    if (open.length === 0) break;
    const wanted = ({ found }: Reader<Row>) =>
      round === 0
        ? Math.max(shareOf(limit, lists.length), looking.first)
        : Math.max(limit - found.length, looking.more);
    await Promise.all(open.map((reader) => readOn(reader, wanted(reader))));
  }

  const known = knownRows(readers);
  const page = known.slice(0, limit);
  const edge = known.length > limit ? known.at(limit - 1) : edgeOf(readers);
  return {
    rows: page.map(({ row, index }) => ({ row, list: (lists[index] as List<Row>).name })),
    next: edge && { at: edge.at, id: edge.id, list: (lists[edge.index] as List<Row>).name },
  };
}

/** As many rows as a list has of a page, and three standard deviations more. One list has all of it, and one row tells of more. */
function shareOf(limit: number, lists: number): number {
  const mean = limit / lists;
  return lists === 1 ? limit + 1 : Math.min(limit, Math.ceil(mean + 3 * Math.sqrt(mean))) + 1;
}

/** Of rows of one time those of an earlier list come first: so of the cursor's time it is known in each list what was told. */
function startOf(index: number, last: number, { from, after }: Merging): Start {
  if (after === undefined || after.at < from) return { from };
  if (index === last) return { behind: after };
  return { from: index < last ? justAfter(after.at) : after.at };
}

/** The next time; times have whole milliseconds. */
function justAfter(at: string): string {
  const milliseconds = Date.parse(at);
  // Somebody else may have written what is no time. It is in no page, and only has to be passed.
  return Number.isNaN(milliseconds) ? `${at} ` : new Date(milliseconds + 1).toISOString();
}

async function readOn<Row>(reader: Reader<Row>, limit: number): Promise<void> {
  const { rows, ended } = await reader.list.read(reader.start, limit);
  reader.found.push(...rows);
  reader.ended = ended;
  if (ended === undefined) reader.isOver = true;
  else reader.start = { behind: ended };
}

type Indexed = Place & { index: number };
/** Rows of one list come in its own order, which a stable sort keeps. */
const inOrder = (a: Pick<Indexed, "at" | "index">, b: Pick<Indexed, "at" | "index">): number =>
  compareText(a.at, b.at) || a.index - b.index;

const allRows = <Row>(readers: readonly Reader<Row>[]) =>
  readers.flatMap(({ found, index }) => found.map((place) => ({ ...place, index }))).sort(inOrder);

/** The row behind which nothing is on the page; undefined while fewer rows are known than are wanted. */
const furthestNeeded = <Row>(readers: readonly Reader<Row>[], limit: number): Indexed | undefined =>
  allRows(readers)[limit - 1];

/** Whether rows of the page may lie behind where a list has been read to. */
const isShort = <Row>({ ended, index }: Reader<Row>, needed: Indexed | undefined): boolean =>
  ended !== undefined && (needed === undefined || inOrder({ at: ended.at, index }, needed) < 0);

/** The first place behind which a list is not known; undefined where all lists are known to their ends. */
function edgeOf<Row>(readers: readonly Reader<Row>[]): Indexed | undefined {
  const edges = readers.flatMap(({ ended, isOver, index }) =>
    isOver || ended === undefined ? [] : [{ ...ended, index }],
  );
  return edges.sort(inOrder)[0];
}

/** The rows before which no other can come. */
function knownRows<Row>(readers: readonly Reader<Row>[]) {
  const edge = edgeOf(readers);
  const rows = allRows(readers);
  return edge === undefined ? rows : rows.filter((row) => inOrder(row, edge) <= 0);
}
