/** A request that a paper shows, and the answer that stands under it. */
export type Exchange = {
  method: string;
  path: string;
  body: string | undefined;
  /** The answer as the paper has it; "" where it shows none. */
  shown: string;
  /** Where the answer stands in the paper. */
  start: number;
};

const BLOCK =
  /```console\n(\$ curl (?:-X (?<method>[A-Z]+) )?'?localhost:8787(?<path>[^\s']+)'?(?: --json '(?<body>[^']*)')?\n)(?<shown>[\s\S]*?)```/g;
/** Every block that begins with a call of the service on this machine, whether it can be read or not. */
const CALL = /```console\n\$ curl (?:-X \S+ )?'?localhost:8787/g;

/** The exchanges of a paper, in order: console blocks of a curl command to this machine, and its answer. */
export function exchangesIn(paper: string): Exchange[] {
  const found = [...paper.matchAll(BLOCK)].map(({ index, 1: command = "", groups = {} }) => ({
    method: groups.method ?? (groups.body === undefined ? "GET" : "POST"),
    path: groups.path ?? "",
    body: groups.body,
    shown: groups.shown ?? "",
    start: index + "```console\n".length + command.length,
  }));
  const calls = [...paper.matchAll(CALL)].length;
  if (calls !== found.length) throw new Error(`${calls - found.length} of ${calls} calls are not written as one`);
  return found;
}
