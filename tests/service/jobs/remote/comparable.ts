/** What a run leaves: the text of its files, and all flags of the table. */
export type Left = { files: Record<string, string>; flags: string[] };

/** What the store keeps for itself; a lease is there only while somebody works. */
const isInternal = (item: string): boolean => String(JSON.parse(item).learner_id).startsWith("\u0001");

/**
 * Without what is another's at another time: the name of the run, how long it took, and how often it read an item. Lists are
 * compared as texts.
 */
export function comparable({ files, flags }: Left) {
  const { "checkpoint.json": checkpoint = "{}", "backfill-summary.json": summary = "{}", ...lists } = files;
  const { options, tally, consumed, finished, catalogVersion, startTime } = JSON.parse(checkpoint);
  const { run: _, duration_seconds, end_time, ...counts } = JSON.parse(summary);
  return {
    lists,
    counts,
    begun: { options, tally: { ...tally, itemsRead: 0 }, consumed, finished, catalogVersion, startTime },
    flags: flags.filter((item) => !isInternal(item)),
  };
}
