/** Pages that cost about half a second's units, lest a scan with few of them go by jerks. */
const PAGES_A_SECOND = 2;

/** What a page of each of some segments may cost, so that all of them together keep to a limit, where there is one. */
export const unitsPerPage = (maxRcu: number | undefined, segments: number): number | undefined =>
  maxRcu === undefined ? undefined : Math.max(1, maxRcu / PAGES_A_SECOND / segments);
