import type { AcceptedEvent, EventFields, EventName, WaymarkError } from "../../client/types.ts";
import { titleOf } from "./catalog.ts";
import { byId, h } from "./dom.ts";
import { waymark } from "./learner.ts";

/** Says at the foot of the page what happened; a screen reader reads it out. */
export const tell = (words: string, mood: "good" | "bad" | "soft" = "soft"): void =>
  byId("news").replaceChildren(h("span", { class: mood }, words));

/** Sends an event, and says what came of it. */
export async function send<Name extends EventName>(name: Name, fields: EventFields[Name]): Promise<void> {
  tell("Sending …");
  const late = setTimeout(() => tell("No answer yet. It is kept in this browser until there is one."), 2_500);
  try {
    const answer = await waymark().track(name, fields);
    if (answer) tell(wordsOf(answer), "good");
  } catch (error) {
    tell(refusalOf(error as WaymarkError), "bad");
  } finally {
    clearTimeout(late);
  }
}

function wordsOf({ module, courses, pathways, warnings }: AcceptedEvent): string {
  const reached = [...courses, ...pathways].filter((each) => each.newly_completed);
  const state = module ? `${titleOf(module)} is ${module.status.replaceAll("_", " ")}.` : "";
  return [
    "Accepted.",
    state,
    ...reached.map((each) => `Now complete: ${titleOf(each)}.`),
    ...warnings.map(({ code, message }) => `${code}: ${message}`),
  ]
    .filter(Boolean)
    .join(" ");
}

function refusalOf({ code, problem, missing }: WaymarkError): string {
  const names = missing.map(titleOf);
  const detail = problem?.detail ?? problem?.title ?? "";
  return `Refused. ${code}: ${detail.replace(/\.?$/, ".")}${names.length > 0 ? ` Missing: ${names.join(", ")}.` : ""}`;
}
