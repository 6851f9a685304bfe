import { ask } from "../analytics/sql/answer.ts";
import { ANSWER_FORMATS, type AnswerFormat, printedAnswer } from "../analytics/sql/print-answer.ts";
import { withExport } from "./with-export.ts";

export { ANSWER_FORMATS };

/** Answers a query over an export. @returns the exit code */
export function runSqlCommand(sql: string, { from, format }: { from?: string; format: AnswerFormat }): Promise<number> {
  return withExport(from, async ({ connection }) => {
    console.log(printedAnswer(await ask(connection, sql), format));
    return 0;
  });
}
