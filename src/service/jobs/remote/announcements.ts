import { setImmediate } from "node:timers/promises";

/** Keeps a text under the number that it is given. @returns what it is kept as */
type Send = (text: string, number: number) => Promise<string>;

/**
 * Says what is about to be changed, before it is: in objects of a bucket, of which one takes as long as forty changes of
 * the table. So all that is announced while one is on its way goes into the next together:
 *   t1 A announces, and is sent   t2 B and C announce, and wait   t3 A's object is there, and A changes its learner
 *   t4 B and C are sent in one    t5 both change theirs
 */
export class Announcements {
  readonly #send: Send;
  #waiting: string[] = [];
  #sending: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;
  #sent: string[] = [];
  #count = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Resolves once the entry is kept. */
  announce(entry: unknown): Promise<void> {
    this.#waiting.push(`${JSON.stringify(entry)}\n`);
    // Whoever fails tells all who wait for the same object; the next one is tried all the same.
    // Learners who are taken in hand at the same moment announce themselves within one turn.
    this.#next ??= this.#sending
      .catch(() => {})
      .then(() => setImmediate())
      .then(() => this.#flush());
    return this.#next;
  }

  /** Begins anew, when no learner is in hand and so nothing waits. @returns what was kept since the last time */
  restart(): string[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  async #flush(): Promise<void> {
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#next = undefined;
    const sending = this.#send(text, this.#count++);
    this.#sending = sending;
    this.#sent.push(await sending);
  }
}
