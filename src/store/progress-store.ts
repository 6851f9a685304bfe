import type { Decision } from "../model/decision.ts";
import type { EntityRef } from "../model/entity.ts";
import type { LearnerId } from "../model/learner.ts";
import type { EntityState, Facts, Flag, View } from "../model/progress.ts";
import type { Item, Reading } from "./items.ts";

/** Facts and flags of every learner. Every method throws AppError STORE_UNAVAILABLE when the store fails. */
export type ProgressStore = {
  /**
   * Adds facts to an entity, for good when it resolves. Costs one write; in DynamoDB a second one where a time is earlier
   * than the stored one.
   * @param guard refuse an attempt of a task for which a learner has had the most already
   * @returns what was there before; "full" where the facts are new and there is no room for them
   */
  addFacts(
    learnerId: LearnerId,
    entity: EntityRef,
    facts: Facts,
    guard?: AttemptGuard,
  ): Promise<EntityState | "refused" | "full">;
  /** Keeps a decision, once however often it is sent. Costs one write; a void one more, before it, at the id's own item. */
  addDecision(learnerId: LearnerId, decision: Decision): Promise<void>;
  /** What was decided of a learner, in no order. Costs one Query of these items alone. */
  decisions(learnerId: LearnerId): Promise<readonly Decision[]>;
  /** Keeps the later of the stored view and this one. */
  keepView(learnerId: LearnerId, view: View): Promise<void>;
  /**
   * Everything of a learner, strongly consistent: it has all that was written before the call. Costs one Query, and one
   * more per further megabyte. In SQLite it is a snapshot; in DynamoDB items are read one after the other, by their keys.
   */
  read(learnerId: LearnerId): Promise<Reading>;
  /**
   * Sets a flag, or clears it, if the item's flag is still as it was read. Costs one conditional write.
   * @param was the item as it was read; undefined if there was none
   */
  setFlag(
    learnerId: LearnerId,
    entity: EntityRef,
    flag: Flag | undefined,
    was: Item | undefined,
  ): Promise<"written" | "lost">;
  /**
   * Notes at an entity which decision was last taken about it, so that no flag is set by what was read before. Costs one
   * write.
   *   t1 A records the last module, and reads   t2 B records that it is void, and notes that at the course
   *   t3 A's flag of the course is lost, and it reads again
   * @param was notes it only where the item's flag is still as it was read, `{}` for no item
   */
  markDecided(learnerId: LearnerId, entity: EntityRef, identity: string, was?: Item): Promise<"written" | "lost">;
  /** One item as it is stored, strongly consistent. */
  readItem(learnerId: LearnerId, entity: EntityRef): Promise<Item | undefined>;
  /**
   * Gives an item's flag the attributes that it had once, if they still are what somebody made them.
   * @param before the flag's attributes to put back; null deletes the item, if it holds nothing but what `made` says, and
   *   else takes the flag out of it
   * @param made the flag's attributes that must still be there; `marks` in it are those that came with them, and go: what
   *   is put back says the same
   */
  restoreFlag(learnerId: LearnerId, entity: EntityRef, before: Item | null, made: Item): Promise<"written" | "lost">;
};

/** At most so many attempts of a task; the one that is made is known by its event's identity. */
export type AttemptGuard = { task: string; most: number; identity: string };
