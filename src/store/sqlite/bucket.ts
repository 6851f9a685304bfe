/** Into so many parts the learners are spread; a scan has at most so many segments with anything in them. */
export const BUCKETS = 4_096;

/** Where a learner's items lie (FNV-1a). It is in every file that was ever written, and never changes. */
export function bucketOf(learnerId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < learnerId.length; index++)
    hash = Math.imul(hash ^ learnerId.charCodeAt(index), 0x01000193);
  return ((hash >>> 16) ^ hash) & (BUCKETS - 1);
}
