import { createHmac, hash as hashOf } from "node:crypto";
import { digestOf, type LearnerId } from "../model/learner.ts";

/** As many hexadecimal digits as a pseudonym has: 128 bits. */
const DIGITS = 32;

/** Names that stand for what must not be told. The same key gives the same name, in every run. */
export type Pseudonyms = {
  learner(id: LearnerId): string;
  /** Of a learner of whom the id's digest alone is left, who was deleted. */
  ofDigest(digest: string): string;
  /** Of an id that somebody made up, in which a learner's may stand. */
  ofId(kind: string, id: string): string;
  /** Tells runs of one key from those of another, and tells nobody the key. */
  keyId: string;
};

/** @param key whoever has it can tell whether a pseudonym is that of an id that he knows */
export function pseudonymsBy(key: string): Pseudonyms {
  const hash = (text: string): string => createHmac("sha256", key).update(text).digest("hex").slice(0, DIGITS);
  // There are two of them in each record, and a hash behind a secret of fixed length takes a quarter of an HMAC's time.
  const secret = createHmac("sha256", key).update("ids").digest("hex");
  const ofDigest = (digest: string) => hash(`learner ${digest}`);
  return {
    learner: (id) => ofDigest(digestOf(id)),
    ofDigest,
    ofId: (kind, id) => hashOf("sha256", `${secret} ${kind} ${id}`, "hex").slice(0, DIGITS),
    keyId: hash("key").slice(0, 8),
  };
}
