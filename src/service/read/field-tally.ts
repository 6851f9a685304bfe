/** What one field of the completion data comes to. */
export type FieldSummary =
  | { count: number; min: number; mean: number; max: number; quartiles: [number, number, number] }
  | { count: number; true_share: number }
  | { count: number; frequencies?: Record<string, number> };

const MAX_VALUES = 100;
/** A longer text is no category, but a drawing or a note. */
const MAX_VALUE_LENGTH = 100;
/** Quartiles are those of so many numbers; of more, of a sample that leaves none out by its time. */
const MAX_NUMBERS = 5_000;
/** What a field may always keep, however much the others have. */
const OWN_NUMBERS = 50;

/** How much may be kept in memory of all fields together: of texts, and of numbers. */
export type Room = { texts: number; numbers: number };

/** What is known of one field, in memory that is bounded whatever comes. */
export class FieldTally {
  /** In how many completions it was. */
  count = 0;
  readonly #room: Room;
  // Most fields have one or the other, and of those that learners make up there are many.
  #texts: Map<string, number> | undefined;
  #numbers: number[] | undefined;
  #seen = 0;
  #mean = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #booleans = 0;
  #trues = 0;
  #random = 1;

  constructor(room: Room) {
    this.#room = room;
  }

  add(value: unknown): void {
    if (typeof value === "number") this.#addNumber(value);
    if (typeof value === "boolean") {
      this.#booleans++;
      if (value) this.#trues++;
    }
    if (typeof value === "string" && value.length <= MAX_VALUE_LENGTH) this.#addText(value);
  }

  /** Gives back what it took of the room, when it is not wanted any more. */
  release(): void {
    this.#room.texts += this.#texts?.size ?? 0;
    this.#room.numbers += this.#numbers?.length ?? 0;
  }

  summary(): FieldSummary {
    const { count } = this;
    if (this.#numbers) {
      const sorted = this.#numbers.sort((a, b) => a - b);
      const quartiles = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [number, number, number];
      return { count, min: this.#min, mean: rounded(this.#mean), max: this.#max, quartiles };
    }
    if (this.#booleans > 0) return { count, true_share: rounded(this.#trues / this.#booleans) };
    if (!this.#texts) return { count };
    const commonest = [...this.#texts].sort(([a, often], [b, oftener]) => oftener - often || (a < b ? -1 : 1));
    return { count, frequencies: Object.fromEntries(commonest.slice(0, MAX_VALUES)) };
  }

  #addText(text: string): void {
    const known = this.#texts?.get(text);
    if (known === undefined) {
      if (this.#room.texts <= 0 || (this.#texts?.size ?? 0) >= 10 * MAX_VALUES) return;
      this.#room.texts--;
    }
    this.#texts ??= new Map();
    this.#texts.set(text, (known ?? 0) + 1);
  }

  #addNumber(number: number): void {
    this.#seen++;
    this.#min = Math.min(this.#min, number);
    this.#max = Math.max(this.#max, number);
    // A sum of large numbers would be more than a number can be.
    this.#mean = this.#mean * ((this.#seen - 1) / this.#seen) + number / this.#seen;
    this.#numbers ??= [];
    const kept = this.#numbers.length;
    if (kept < OWN_NUMBERS || (kept < MAX_NUMBERS && this.#room.numbers > 0)) {
      this.#room.numbers--;
      this.#numbers.push(number);
      return;
    }
    // Vitter's reservoir (algorithm R): each number is in the sample with the same chance.
    const place = Math.floor(this.#nextRandom() * this.#seen);
    if (place < kept) this.#numbers[place] = number;
  }

  /** The same completions give the same sample: a linear congruential generator, with the constants of Numerical Recipes. */
  #nextRandom(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#random / 2 ** 32;
  }
}

/** Between two values in proportion (Hyndman and Fan's type 7, as spreadsheets and R do it). */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const [below = 0, above = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  const way = position - Math.floor(position);
  // The difference of two numbers may be more than a number can be.
  return rounded(below * (1 - way) + above * way);
}

/** To four places; a number so large has none, and could not be multiplied. */
const rounded = (number: number) => (Math.abs(number) > 1e11 ? number : Math.round(number * 10_000) / 10_000);
