import { hash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync } from "node:fs";

const DIGEST_DIGITS = 16;
const PSEUDONYM_DIGITS = 32;
const LINE_LENGTH = PSEUDONYM_DIGITS + 1 + DIGEST_DIGITS + 1;
const LINES_READ = 1_000;
/** So many learners of the run before are looked at ahead, where one is not found at once. */
const WINDOW = 10_000;
const GIVEN_UP = 100;

/** A digest of all rows of a learner. */
export const digestOfRows = (lines: string): string => hash("sha256", lines, "hex").slice(0, DIGEST_DIGITS);

export const digestLine = (learner: string, digest: string): string => `${learner} ${digest}\n`;

/**
 * The digests that a segment's learners had in the run before, in the order of its scan, which is that of this run's but for
 * those who came and went. So a learner is found a little way ahead, and memory does not grow with the learners. Who is
 * not found there is taken for changed, and written once more than needed, which does no harm.
 */
export class EarlierDigests {
  readonly #file: number | undefined;
  readonly #ahead = new Map<string, string>();
  #position: number;
  #lines: string[] = [];
  #isAtEnd = false;

  /** @param position how many bytes have been read before, of a run that goes on */
  constructor(path: string | undefined, position = 0) {
    this.#file = path !== undefined && existsSync(path) ? openSync(path, "r") : undefined;
    this.#position = position;
    this.#isAtEnd = this.#file === undefined;
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.#position - this.#lines.length * LINE_LENGTH;
  }

  isUnchanged(learner: string, digest: string): boolean {
    const found = this.#find(learner);
    if (found === undefined) return false;
    // The order of the scan has passed those before.
    for (const earlier of this.#ahead.keys()) {
      this.#ahead.delete(earlier);
      if (earlier === learner) break;
    }
    return found === digest;
  }

  #find(learner: string): string | undefined {
    for (;;) {
      const found = this.#ahead.get(learner);
      if (found !== undefined) return found;
      if (this.#ahead.size >= WINDOW) {
        for (const earlier of [...this.#ahead.keys()].slice(0, GIVEN_UP)) this.#ahead.delete(earlier);
        return undefined;
      }
      const line = this.#next();
      if (line === undefined) return undefined;
      this.#ahead.set(line.slice(0, PSEUDONYM_DIGITS), line.slice(PSEUDONYM_DIGITS + 1, LINE_LENGTH - 1));
    }
  }

  #next(): string | undefined {
    if (this.#lines.length === 0 && !this.#isAtEnd) this.#read();
    return this.#lines.shift();
  }

  #read(): void {
    const buffer = Buffer.alloc(LINES_READ * LINE_LENGTH);
    const bytes = readSync(this.#file as number, buffer, 0, buffer.length, this.#position);
    const whole = bytes - (bytes % LINE_LENGTH);
    this.#position += whole;
    this.#isAtEnd = whole === 0;
    const text = buffer.toString("latin1", 0, whole);
    for (let at = 0; at < whole; at += LINE_LENGTH) this.#lines.push(text.slice(at, at + LINE_LENGTH));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
