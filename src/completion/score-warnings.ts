import type { Statement } from "../model/events/statement.ts";
import type { Warning } from "../model/warning.ts";

/** What looks like a mistake in the scores that were sent. */
export const scoreWarnings = ({ sentScores }: Statement): Warning[] =>
  sentScores.flatMap((score): Warning[] => {
    if (score > 100) return [{ code: "SCORE_ABOVE_100", message: `The score ${score} is above 100 and counts as 100` }];
    if (score === 0 || score >= 1) return [];
    const message = `The score ${score} is below 1 and is taken as it is. If it is a share, send ${score * 100}`;
    return [{ code: "SCORE_BELOW_1", message }];
  });
