/**
 * Dollars for a million of each, on demand. AWS changes its prices and has others in other regions: look them up before you
 * rely on them, at https://aws.amazon.com/dynamodb/pricing/on-demand/, /s3/pricing/, /lambda/pricing/ and
 * /step-functions/pricing/.
 */
export const PRICES = {
  region: "us-east-1",
  /** Those of DynamoDB are so since then; nobody has looked since. */
  since: "November 2024",
  readUnits: 0.125,
  writeUnits: 0.625,
  /** GB-seconds of a function on arm64. */
  gbSeconds: 13.3334,
  /** Requests of S3 that are billed as writes. */
  objects: 5,
  transitions: 25,
} as const;

export const PRICES_NOTE = `prices of ${PRICES.region} since ${PRICES.since}, to be checked against AWS's own`;

/** What units come to. */
export const dollarsOf = ({ rcu, wcu }: { rcu: number; wcu: number }): number =>
  (rcu * PRICES.readUnits + wcu * PRICES.writeUnits) / 1e6;
