import { PROBLEMS } from "../../../src/api/problems.ts";
import { leaksIn } from "../../support/oracles/leaks.ts";
import type { Exchange, Outcome, RawAnswer } from "./exchange.ts";

/** What Node answers by itself to what is no HTTP, without a body, before any code of ours. */
const BARE = [400, 408, 413, 417, 431];
const INSIDES = /\n\s+at |\\n\s+at |node_modules|node:internal|\.ts:\d+|file:\/\//;

/** What a Lambda can hand over. */
export const MAX_ANSWER_BYTES = 6 * 1024 * 1024;

/** The largest answer, in bytes as a Lambda carries them, and the longest exchange, with what it asked. */
export type Extremes = { largest_bytes: number; longest_ms: number; longest: string };

export const noExtremes = (): Extremes => ({ largest_bytes: 0, longest_ms: 0, longest: "" });

/** Of a request that took long, at its begin and at its end. */
const SHOWN_BYTES = 300;

/** Under which `Counts` has how many exchanges there were. */
export const EXCHANGES = "exchanges";

/** How many answers of each kind: `200`, `400 INVALID_JSON`, `431 bare`, `closed`. */
export type Counts = Record<string, number>;

/** Counts what came back. @returns what may never be, in words; undefined if all is well */
export function judge(exchange: Exchange, { answers, rest, how }: Outcome, counts: Counts): string | undefined {
  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  count(EXCHANGES);
  if (how === "hung")
    return `${answers.length} of ${exchange.methods.length} requests were answered, and then nothing came`;
  if (answers.length === 0 && how !== "answered") count(how);
  if (rest !== "" && how === "answered") return `Behind the answers came ${JSON.stringify(rest.slice(0, 200))}`;
  for (const answer of answers) {
    if (answer.bytes > MAX_ANSWER_BYTES) return `An answer comes to ${answer.bytes} bytes`;
    const fault = faultOf(answer, count);
    if (fault !== undefined) return `${fault}: ${answer.status} ${answer.body.slice(0, 1_000)}`;
  }
  return undefined;
}

/** What a browser is given: the sample LMS and the client's files. */
const PAGES = ["text/html", "text/css", "text/javascript"];

function faultOf({ status, headers, body }: RawAnswer, count: (kind: string) => void): string | undefined {
  if (INSIDES.test(body) || [...headers.values()].some((value) => INSIDES.test(value))) return "It shows our insides";
  if (status >= 500) return "It failed";
  const type = headers.get("content-type") ?? "";
  if (status < 400) {
    count(String(status));
    if (body === "") return undefined;
    if (PAGES.some((known) => type.startsWith(known))) return undefined;
    return type.startsWith("application/json") ? faultOfResults(body, count) : `It is ${type}`;
  }
  if (body === "" && type === "" && BARE.includes(status)) {
    count(`${status} bare`);
    return undefined;
  }
  if (type !== "application/problem+json") return `It is an error, and ${type || "of no type"}`;
  // A HEAD's answer has no body.
  if (body === "") {
    count(`${status} of HEAD`);
    return undefined;
  }
  const problem = parsed(body);
  count(`${status} ${problem?.code}`);
  return faultOfProblem(problem, status);
}

type Problem = { status?: unknown; code?: unknown; title?: unknown; detail?: unknown; error?: Problem };

const parsed = (body: string): Problem | undefined => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

function faultOfProblem(problem: Problem | undefined, status: number): string | undefined {
  const { code, title, detail } = problem ?? {};
  if (typeof code !== "string" || !Object.hasOwn(PROBLEMS, code)) return "It has no stable code";
  if (PROBLEMS[code as keyof typeof PROBLEMS].status !== status || problem?.status !== status)
    return "Its code is another's";
  return typeof title === "string" && typeof detail === "string" && detail !== "" ? undefined : "It does not say why";
}

function faultOfResults(body: string, count: (kind: string) => void): string | undefined {
  const answer = parsed(body) as { results?: Problem[] } | undefined;
  if (answer === undefined) return "It is no JSON";
  for (const { error } of answer.results ?? []) {
    if (error === undefined) continue;
    count(`in a batch: ${error.status} ${error.code}`);
    if (Number(error.status) >= 500) return "An event of its batch failed";
    const fault = faultOfProblem(error, Number(error.status));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Takes an exchange into account that was answered; how long the others take is their clients' affair. */
export function noteExtremes(extremes: Extremes, { parts }: Exchange, { answers, how, ms }: Outcome): void {
  extremes.largest_bytes = Math.max(extremes.largest_bytes, ...answers.map(({ bytes }) => bytes));
  if (how !== "answered" || ms <= extremes.longest_ms) return;
  const bytes = Buffer.concat(parts);
  const [line] = bytes.subarray(0, SHOWN_BYTES).toString("latin1").split("\r\n");
  const end = JSON.stringify(bytes.subarray(-SHOWN_BYTES).toString("latin1"));
  Object.assign(extremes, { longest_ms: ms, longest: `${line}, of ${bytes.length} bytes, which ends in ${end}` });
}

/** Of two the one that each bound is about. */
export const worseOf = (a: Extremes, b: Extremes): Extremes => ({
  ...(a.longest_ms > b.longest_ms ? a : b),
  largest_bytes: Math.max(a.largest_bytes, b.largest_bytes),
});

/** What stands in a log and should not: secrets, stacks, paths, failures. */
export const faultsInLog = (lines: readonly string[]): string[] =>
  lines.filter(
    (line) =>
      leaksIn(line).length > 0 ||
      INSIDES.test(line) ||
      (line.startsWith("{") && /"level":"(ERROR|CRITICAL)"/.test(line)),
  );
