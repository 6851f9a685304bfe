import type { Item } from "../../../src/store/items.ts";
import { isIdentity } from "../../../src/store/keys.ts";
import type { StoreUnderTest } from "../processes/store-under-test.ts";

type Opened = Pick<StoreUnderTest, "raw">;

/** What both tables hold of a learner, as `progress MODULE#strings`. */
export async function remainsOf({ raw }: Opened, learner: string): Promise<string[]> {
  const progress = (await raw.items("progress", learner)).map(({ entity }) => `progress ${entity}`);
  const records = (await raw.items("records", learner)).map(({ record }) => `records ${record}`);
  return [...progress, ...records].sort();
}

/** Everything that says that somebody has been deleted, as it lies in the table. */
export const tombstonesIn = async ({ raw }: Opened): Promise<Item[]> =>
  (await raw.items("progress")).filter(isIdentity);
