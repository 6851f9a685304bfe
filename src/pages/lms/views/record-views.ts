import { h, moment, refill } from "../dom.ts";
import { readOwn } from "../learner.ts";
import { send } from "../news.ts";
import { table, type View } from "../view.ts";

type Attempt = {
  occurred_at: string;
  kind: string;
  module_slug?: string;
  course_slug?: string;
  pathway_slug?: string;
  refused?: true;
  task_slug?: string;
  score?: number;
  [member: string]: unknown;
};
type Session = {
  session_id: string;
  session_type: string;
  started_at: string | null;
  ended_at: string | null;
  duration_seconds: number | null;
};

const DETAILS = ["task_slug", "score", "scores", "attested", "answers", "completion_data", "code", "reason"];

/** What this learner sent, newest first. */
export function historyView(): View {
  const place = h("div");
  const refresh = async () => {
    const { attempts } = await readOwn<{ attempts: Attempt[] }>("history?limit=50");
    const rows = attempts.map((each) => [
      moment(each.occurred_at),
      `${each.kind.replaceAll("_", " ")}${each.refused ? ", refused" : ""}`,
      each.module_slug ?? each.course_slug ?? each.pathway_slug ?? "",
      DETAILS.filter((name) => each[name] !== undefined && each[name] !== null)
        .map((name) => `${name}: ${typeof each[name] === "string" ? each[name] : JSON.stringify(each[name])}`)
        .join(" · "),
    ]);
    const nothing = h("p", {}, "Nothing yet. Complete a module, or hand in a quiz.");
    refill(place, rows.length > 0 ? table("History", ["When", "What", "Of", "Details"], rows) : nothing);
  };
  return { title: "History", nodes: [h("h1", {}, "History"), h("section", { class: "card" }, place)], refresh };
}

/** Stretches of learning, and a button that begins and ends one. */
export function sessionsView(): View {
  const place = h("div");
  let session: string | undefined;
  const toggle = h("button", { type: "button", class: "main", click: () => void change() }, "Begin a session");
  const change = async () => {
    const fields = { session_id: session ?? `sample-${Date.now().toString(36)}`, session_type: "study" };
    const isBeginning = session === undefined;
    session = isBeginning ? fields.session_id : undefined;
    toggle.textContent = isBeginning ? "End the session" : "Begin a session";
    if (isBeginning) await send("learning_session_started", { ...fields, source: "sample_lms" });
    else await send("learning_session_ended", fields);
  };
  const refresh = async () => {
    const { sessions } = await readOwn<{ sessions: Session[] }>("sessions?limit=50");
    const rows = sessions.map(({ session_type, started_at, ended_at, duration_seconds }) => [
      session_type,
      moment(started_at),
      moment(ended_at),
      duration_seconds === null ? "—" : `${duration_seconds} s`,
    ]);
    const nothing = h("p", {}, "No session yet.");
    refill(place, rows.length > 0 ? table("Sessions", ["Type", "From", "To", "Time"], rows) : nothing);
  };
  return {
    title: "Sessions",
    nodes: [h("h1", {}, "Sessions"), h("div", {}, toggle), h("section", { class: "card" }, place)],
    refresh,
  };
}
