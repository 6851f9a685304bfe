import { h } from "../dom.ts";

/** One of the operator's pages. */
export type View = { title: string; nodes: Node[] };

export const section = (title: string, ...nodes: (Node | string)[]): HTMLElement =>
  h("section", { class: "card stack" }, h("h2", {}, title), ...nodes);

/** Names and their values, as a list of definitions. */
export const facts = (values: Record<string, unknown>): HTMLElement =>
  h(
    "dl",
    { class: "facts" },
    ...Object.entries(values).map(([name, value]) =>
      h("div", {}, h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, valueText(value))),
    ),
  );

function valueText(value: unknown): string {
  if (value === null || value === undefined) return "—";
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return value.replace("T", " ");
  return String(value);
}

export const json = (value: unknown): HTMLElement =>
  h("pre", { tabindex: 0, role: "region", "aria-label": "As JSON" }, JSON.stringify(value, null, 2));

/** A time as a table sorts and shows it: to the minute, in UTC, as everywhere in the service's files. */
export const shortTime = (time: string | null | undefined): string | null =>
  time ? time.replace("T", " ").replace(/:\d\d\.\d+Z$/, "") : null;

export const learnerLink = (id: string): HTMLElement =>
  h("a", { href: `#/learner/${encodeURIComponent(id)}`, "data-key": id }, id);

/** What stands in a place while something is read, and instead of it where that fails. */
export async function fill(place: Element, work: () => Promise<(Node | string)[]>): Promise<void> {
  const reading = h("p", { class: "soft", role: "status" }, "Reading …");
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(reading);
  const nodes = await work().catch((error: Error) => [h("p", { class: "bad", role: "alert" }, error.message)]);
  // Somebody may have asked for something else meanwhile: what was asked for last stands, also where it was read first.
  if (reading.parentNode !== place) return;
  place.removeAttribute("aria-busy");
  place.replaceChildren(...nodes);
}

/**
 * A button that does one thing at a time; the keyboard stays where it is.
 * @returns the button, and what it says of its work
 */
export function workButton(
  words: string,
  work: (say: (text: string) => void) => Promise<void>,
): [HTMLButtonElement, HTMLElement] {
  const status = h("p", { class: "soft", role: "status" });
  const say = (text: string) => {
    status.textContent = text;
  };
  const click = async () => {
    // One that is disabled would lose the keyboard's focus.
    if (go.ariaDisabled === "true") return;
    go.ariaDisabled = "true";
    say("Reading …");
    await work(say).catch((error: Error) => say(error.message));
    go.ariaDisabled = "false";
  };
  const go = h("button", { type: "button", "data-key": words, click: () => void click() }, words);
  return [go, status];
}

/** That a list was not read to its end. */
export const goesOn = (isMore: boolean, words: string): HTMLElement[] => (isMore ? [h("p", {}, words)] : []);
