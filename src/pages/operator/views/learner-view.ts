import { h } from "../../dom.ts";
import { dataTable } from "../data-table.ts";
import { read } from "../read.ts";
import { section, shortTime, type View } from "../view.ts";
import { explanationNodes } from "./explanation-nodes.ts";

type Holder = {
  slug: string;
  title: string | null;
  status: string;
  completed_at: string | null;
  expires_at: string | null;
  progress: { completed: number; needed: number };
  settled: boolean;
};
type Module = { slug: string; status: string; completed_at: string | null };
type Progress = {
  learner_id: string;
  courses: Record<string, Holder>;
  pathways: Record<string, Holder>;
  modules: Record<string, Module>;
};
type Attempt = { occurred_at: string; kind: string; refused?: true; voided?: object; [member: string]: unknown };
type Row = {
  type: string;
  slug: string;
  title: string;
  status: string;
  far: string;
  at: string | null;
  until: string | null;
};

/** One learner's record, and what led to each flag. */
export async function learnerView(id = "", type = "", slug = ""): Promise<View> {
  const field = h("input", { name: "learner", required: true, maxlength: 256, autocomplete: "off", value: id });
  const submit = (event: Event) => {
    event.preventDefault();
    location.hash = `#/learner/${encodeURIComponent(field.value.trim())}`;
  };
  const form = h("form", { class: "tools", submit }, h("label", {}, "Learner", field), h("button", {}, "Open"));
  if (id === "") return { title: "Learner", nodes: [h("h1", {}, "One learner"), form] };
  const nodes = slug === "" ? await recordNodes(id) : await explanationNodes({ id, type, slug });
  return { title: id, nodes: [h("h1", {}, id), form, ...nodes] };
}

async function recordNodes(id: string): Promise<Node[]> {
  const own = `/learners/${encodeURIComponent(id)}`;
  const [progress, { attempts }] = await Promise.all([
    read<Progress>(`${own}/progress`),
    read<{ attempts: Attempt[] }>(`${own}/history?limit=200`),
  ]);
  const rows = [
    ...Object.values(progress.pathways).map((holder) => holderRow("pathway", holder)),
    ...Object.values(progress.courses).map((holder) => holderRow("course", holder)),
    ...Object.values(progress.modules).map(
      ({ slug, status, completed_at }): Row => ({
        type: "module",
        slug,
        title: slug,
        status,
        far: "",
        at: completed_at,
        until: null,
      }),
    ),
  ];
  return [
    ...(progress.learner_id === id ? [] : [h("p", {}, `Linked: this is the learner ${progress.learner_id}.`)]),
    section(
      "What this learner touched",
      dataTable<Row>({
        caption: "Pathways, courses and modules",
        nothing: "Nothing is known of this learner.",
        rows,
        columns: [
          { head: "Type", of: ({ type }) => type },
          { head: "Title", of: ({ title }) => title },
          { head: "Status", of: ({ status }) => status.replaceAll("_", " ") },
          { head: "Progress", of: ({ far }) => far },
          { head: "Completed", of: ({ at }) => shortTime(at) },
          { head: "Expires", of: ({ until }) => shortTime(until) },
          {
            head: "Why",
            of: () => null,
            cell: ({ type, slug, title }) =>
              h(
                "a",
                {
                  href: `#/learner/${[id, type, slug].map(encodeURIComponent).join("/")}`,
                  "aria-label": `Explain ${type} ${title}`,
                },
                "Explain",
              ),
          },
        ],
      }),
    ),
    section("History", historyTable(attempts)),
  ];
}

const holderRow = (type: string, holder: Holder): Row => ({
  type,
  slug: holder.slug,
  title: holder.title ?? holder.slug,
  status: `${holder.status}${holder.settled ? "" : ", not settled"}`,
  far: `${holder.progress.completed} of ${holder.progress.needed}`,
  at: holder.completed_at,
  until: holder.expires_at,
});

/** What is told of a record in columns of its own. */
const TOLD = new Set([
  "occurred_at",
  "kind",
  "refused",
  "voided",
  "received_at",
  "catalog_version",
  "questions",
  "module_slug",
  "course_slug",
  "pathway_slug",
]);

const historyTable = (attempts: Attempt[]): HTMLElement =>
  dataTable<Attempt>({
    caption: "History, newest first",
    nothing: "Nothing was sent of this learner.",
    rows: attempts,
    columns: [
      { head: "When", of: ({ occurred_at }) => shortTime(occurred_at) },
      {
        head: "What",
        of: ({ kind, refused, voided }) => `${kind}${refused ? ", refused" : ""}${voided ? ", void" : ""}`,
      },
      { head: "Of", of: (each) => String(each.module_slug ?? each.course_slug ?? each.pathway_slug ?? "") },
      {
        head: "Details",
        of: (each) =>
          Object.entries(each)
            .filter(([name]) => !TOLD.has(name))
            .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
            .join(" · "),
      },
    ],
  });
