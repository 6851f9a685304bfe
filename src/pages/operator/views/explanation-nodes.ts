import { h } from "../../dom.ts";
import { dataTable } from "../data-table.ts";
import { read } from "../read.ts";
import { facts, json, section } from "../view.ts";

type Fact = {
  type: string;
  slug: string;
  fact: string;
  at: string;
  name?: string;
  value?: number | true;
  own?: boolean;
  known?: boolean;
  void?: true;
};
type Decision = { decision: string; at: string; by: string; reason: string; void?: true; [member: string]: unknown };
type Term = Record<string, string | null>;
type Definition = { hash: string; flag_hash: string | null; content: object | null };
type Explained = {
  title?: string | null;
  status: string;
  completed_at: string | null;
  completion_source?: string | null;
  claimed_at?: string | null;
  recorded_at?: string | null;
  catalog_version?: string | null;
  missing: { type: string; slug: string; title?: string | null }[];
  explanation: { facts: Fact[]; decisions: Decision[]; terms: Term[]; definition: Definition };
};
type Of = { id: string; type: string; slug: string };

/** Everything that led to one flag of a learner. */
export async function explanationNodes({ id, type, slug }: Of): Promise<Node[]> {
  const path = `/learners/${encodeURIComponent(id)}/${encodeURIComponent(type)}s/${encodeURIComponent(slug)}`;
  const told = await read<Explained>(`${path}?explain=true`);
  const { facts: stated, decisions, terms, definition } = told.explanation;
  const { status, completed_at, completion_source = null, claimed_at = null, recorded_at = null } = told;
  const missing = told.missing.map((each) => `${each.type} ${each.title ?? each.slug}`).join(", ");
  return [
    h("p", {}, h("a", { href: `#/learner/${encodeURIComponent(id)}` }, `← ${id}`)),
    section(
      `${type} ${told.title ?? slug}`,
      facts({
        status,
        completed_at,
        completion_source,
        claimed_at,
        recorded_at,
        catalog_version: told.catalog_version ?? null,
      }),
      ...(missing ? [h("p", {}, `Missing: ${missing}`)] : []),
    ),
    section("Facts", factsTable(stated)),
    section("Decisions", decisionsTable(decisions)),
    ...(type === "module" ? [] : [section("Terms", termsTable(terms))]),
    section(
      "Definition",
      facts({ hash: definition.hash, of_the_flag: definition.flag_hash, same: sameness(definition) }),
      definition.content ? json(definition.content) : h("p", {}, "The catalog does not know it."),
    ),
  ];
}

function sameness({ hash, flag_hash }: Definition): string {
  if (flag_hash === null) return "there is no flag, or one of an earlier release";
  return hash === flag_hash ? "yes" : "no: the flag was written under an older definition";
}

const factsTable = (rows: Fact[]): HTMLElement =>
  dataTable<Fact>({
    caption: "Facts in order of time",
    nothing: "Nothing is stored.",
    rows,
    columns: [
      { head: "When", of: ({ at }) => at },
      { head: "Fact", of: (one) => `${one.fact}${one.void ? ", void" : ""}` },
      { head: "Of", of: ({ type, slug }) => `${type} ${slug}` },
      { head: "Name", of: ({ name }) => name },
      { head: "Value", of: ({ value }) => value },
      {
        head: "From",
        of: ({ own, known }) =>
          own === undefined
            ? null
            : `${own ? "the learner's page" : "a server"}${known ? "" : ", before the catalog knew it"}`,
      },
    ],
  });

const SAID = new Set(["decision", "at", "by", "reason", "void", "received_at", "event_id"]);

const decisionsTable = (rows: Decision[]): HTMLElement =>
  dataTable<Decision>({
    caption: "Decisions in order of time",
    nothing: "Nobody decided anything.",
    rows,
    columns: [
      { head: "When", of: ({ at }) => at },
      {
        head: "Decision",
        of: (one) => `${one.withdrawn ? "withdrawn: " : ""}${one.decision}${one.void ? ", void" : ""}`,
      },
      { head: "By", of: ({ by }) => by },
      { head: "Why", of: ({ reason }) => reason },
      {
        head: "About",
        of: (one) =>
          Object.entries(one)
            .filter(([name]) => !SAID.has(name))
            .map(([name, value]) => `${name}: ${value}`)
            .join(" · "),
      },
    ],
  });

const termsTable = (rows: Term[]): HTMLElement =>
  dataTable<Term>({
    caption: "Completed terms",
    nothing: "None was completed.",
    rows,
    columns: ["opens_at", "inferred_at", "completed_at", "expires_at", "waived_by", "ended_by"].map((name) => ({
      head: name.replaceAll("_", " "),
      of: (term: Term) => term[name],
    })),
  });
