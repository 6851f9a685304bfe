import { h } from "../../dom.ts";
import { dataTable } from "../data-table.ts";
import { ofEach, read } from "../read.ts";
import { learnerLink, section, shortTime, type View, workButton } from "../view.ts";

type Attempt = {
  occurred_at: string;
  refused?: true;
  code?: string;
  reason?: string;
  module_slug?: string;
  course_slug?: string;
  pathway_slug?: string;
};
type Claim = Attempt & { learner: string };
type Learners = { learners: string[]; next_cursor: string | null };

/** So many learners' histories are read at a time: there is one request for each. */
const AT_A_TIME = 100;

const pageOf = ({ module_slug, course_slug, pathway_slug }: Attempt): string => {
  if (module_slug !== undefined) return `module ${module_slug}`;
  return course_slug === undefined ? `pathway ${pathway_slug}` : `course ${course_slug}`;
};

/** Claims that the facts did not bear out, by reason and by what they were about. */
export function refusedView(): View {
  const results = h("div", { class: "stack" });
  const claims: Claim[] = [];
  let [cursor, learners]: [string | null, number] = [null, 0];
  const look = async (say: (text: string) => void) => {
    const page = await learnersAfter(cursor);
    claims.push(...(await ofEach(page.learners, refusedOf)).flat());
    // Only here, because who was not looked at is to be looked at by the next click.
    cursor = page.next_cursor;
    learners += page.learners.length;
    say(
      `${claims.length} refused ${claims.length === 1 ? "claim" : "claims"} of ${learners} ${learners === 1 ? "learner" : "learners"}${cursor === null ? "" : "; there are more learners"}.`,
    );
    results.replaceChildren(...tablesOf(claims));
    go.hidden = cursor === null;
  };
  const [go, status] = workButton("Look at more learners", look);
  go.click();
  return {
    title: "Refused claims",
    nodes: [h("h1", {}, "Refused claims"), h("div", { class: "row" }, status, go), results],
  };
}

/** A page may have fewer than it is asked for, and others behind it. */
async function learnersAfter(from: string | null): Promise<Learners> {
  const learners: string[] = [];
  let cursor = from;
  do {
    const after = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Learners = await read<Learners>(`/learners?limit=${AT_A_TIME}${after}`);
    learners.push(...page.learners);
    cursor = page.next_cursor;
  } while (cursor !== null && learners.length < AT_A_TIME);
  return { learners, next_cursor: cursor };
}

async function refusedOf(learner: string): Promise<Claim[]> {
  const path = `/learners/${encodeURIComponent(learner)}/history?kind=claim&limit=100`;
  const { attempts } = await read<{ attempts: Attempt[] }>(path);
  return attempts.filter(({ refused }) => refused).map((attempt) => ({ ...attempt, learner }));
}

type Group = { code: string; page: string; count: number; learners: number; newest: string };

function tablesOf(claims: readonly Claim[]): Node[] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.code ?? "", pageOf(claim)]);
    groups.set(key, [...(groups.get(key) ?? []), claim]);
  }
  const rows = [...groups.values()].map(
    (of): Group => ({
      code: of[0]?.code ?? "",
      page: pageOf(of[0] as Claim),
      count: of.length,
      learners: new Set(of.map(({ learner }) => learner)).size,
      newest:
        of
          .map(({ occurred_at }) => occurred_at)
          .sort()
          .at(-1) ?? "",
    }),
  );
  return [
    section(
      "By reason and page",
      dataTable<Group>({
        caption: "Refused claims by reason and page",
        nothing: "No claim was refused.",
        rows: rows.sort((a, b) => b.count - a.count),
        columns: [
          { head: "Reason", of: ({ code }) => code },
          { head: "Page", of: ({ page }) => page },
          { head: "Claims", isNumber: true, of: ({ count }) => count },
          { head: "Learners", isNumber: true, of: ({ learners }) => learners },
          { head: "Newest", of: ({ newest }) => shortTime(newest) },
        ],
      }),
    ),
    section(
      "Each of them",
      dataTable<Claim>({
        caption: "Every refused claim",
        nothing: "None.",
        rows: [...claims].sort((a, b) => b.occurred_at.localeCompare(a.occurred_at)),
        columns: [
          { head: "When", of: ({ occurred_at }) => shortTime(occurred_at) },
          { head: "Learner", of: ({ learner }) => learner, cell: ({ learner }) => learnerLink(learner) },
          { head: "Page", of: pageOf },
          { head: "Why", of: ({ reason }) => reason },
        ],
      }),
    ),
  ];
}
