// 79.975 is 79.97499999999999 in binary: what is a hair below a value is that value.
const HAIR = 1e-9;

/**
 * A score as it is shown: to two decimals, half up. The exact score decides, so one that has not reached the mark is not
 * shown as one that has: of a mark of 80, 79.996 is shown as 79.99.
 */
export function shownScore(score: number, passingScore?: number): number {
  const shown = Math.round((score + HAIR) * 100) / 100;
  const isTooMuch = passingScore !== undefined && score + HAIR < passingScore && shown >= passingScore;
  return isTooMuch ? Math.floor((score + HAIR) * 100) / 100 : shown;
}
