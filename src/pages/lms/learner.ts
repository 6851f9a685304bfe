import { use } from "../../client/elements/waymark-elements.ts";
import type { Result, Waymark, WaymarkError, Why } from "../../client/types.ts";
import { createWaymark } from "../../client/waymark.ts";
import { askForToken } from "../ask-for-token.ts";
import { readTogether } from "./read-together.ts";

/** Who learns on this page. The token is in memory alone, and an open service has none. */
const state = { learner: "ada", token: "", isOpen: undefined as boolean | undefined };
let client: Waymark | undefined;
let onResult: (result: Result) => void = () => {};

export const learnerId = (): string => state.learner;
/** The client of the learner who is here now. */
export const waymark = (): Waymark => client as Waymark;

async function token(why: Why): Promise<string> {
  if (state.isOpen) return "";
  if (why === "expired") take(await askForToken());
  return state.token;
}

/** A learner's own token says who learns, in the claim that this service reads. */
function take(given: string): void {
  state.token = given;
  try {
    const payload = given.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? "";
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const learner = claims[document.documentElement.dataset.learnerClaim ?? "sub"];
    if (learner) state.learner = String(learner);
  } catch {
    // Whether it is a token at all, the service says.
  }
}

const open = () => createWaymark({ url: location.origin, learner: state.learner, token });

/** Begins with whoever is here. @param heard hears every answer */
export function begin(heard: (result: Result) => void): void {
  onResult = heard;
  become();
}

function become(): void {
  client = open();
  client.subscribe((result) => onResult(result));
  use(readTogether(client));
}

/** Another learner sits down here: what the first one did and is not sent yet stays kept for them. */
export async function change(to: string): Promise<void> {
  await client?.signOut();
  state.learner = to;
  if (!state.isOpen) take(await askForToken());
  become();
}

/** What a second tab of this learner would do: a client of its own, which shares the storage with this one. */
export const inAnotherTab = (): Waymark => open();

const get = (path: string) => fetch(path, { headers: state.token ? { Authorization: `Bearer ${state.token}` } : {} });

/** Reads what the client has no function for. @throws Error with the service's words */
export async function read<T>(path: string): Promise<T> {
  let response = await get(path);
  if (response.status === 401) {
    state.isOpen ??= false;
    if (!state.isOpen) take(await askForToken());
    response = await get(path);
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.detail}`);
  state.isOpen ??= true;
  return answer as T;
}

export const readOwn = <T>(what: string): Promise<T> =>
  read<T>(`/learners/${encodeURIComponent(state.learner)}/${what}`);

export type { Result, WaymarkError };
