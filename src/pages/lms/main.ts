import { wordsOf } from "../address.ts";
import { catalog } from "./catalog.ts";
import { byId, h } from "./dom.ts";
import { begin, change, inAnotherTab, learnerId, waymark } from "./learner.ts";
import { tell } from "./news.ts";
import type { View } from "./view.ts";
import { cardsView } from "./views/cards-view.ts";
import { catalogView } from "./views/catalog-view.ts";
import { holderView } from "./views/holder-view.ts";
import { moduleView } from "./views/module-view.ts";
import { historyView, sessionsView } from "./views/record-views.ts";
import { listen } from "./wire.ts";
import { showFaults, showLog } from "./wire-panels.ts";

let shown: View | undefined;

async function viewAt(hash: string): Promise<View> {
  const [path = "", query] = hash.replace(/^#\/?/, "").split("?");
  const [page = "", slug = ""] = wordsOf(path);
  if (page === "course" || page === "pathway") return holderView(page, slug);
  if (page === "module") return moduleView(slug, new URLSearchParams(query).get("course"));
  const plain = { history: historyView, sessions: sessionsView, cards: cardsView };
  return Object.hasOwn(plain, page) ? plain[page as keyof typeof plain]() : catalogView();
}

/** Shows what the address names. @param isArrival whether somebody came here by a link, and is to hear so */
async function show(isArrival = true): Promise<void> {
  const hash = location.hash;
  const view = await viewAt(hash).catch(failed);
  if (hash !== location.hash) return;
  shown = view;
  document.title = `${view.title} · Sample LMS`;
  for (const link of document.querySelectorAll("nav a"))
    if (link.getAttribute("href") === (hash || "#/")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  byId("main").replaceChildren(...view.nodes);
  if (isArrival) {
    byId("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  await refresh();
}

const failed = (error: Error): View => ({
  title: "Sorry",
  nodes: [h("h1", {}, "This cannot be shown now."), h("p", {}, error.message)],
});

const refresh = async () => {
  try {
    await shown?.refresh?.();
  } catch (error) {
    tell(`Could not be read: ${(error as Error).message}`, "bad");
  }
};

let soon: ReturnType<typeof setTimeout> | undefined;
/** Answers that come together are one reason to read again. */
const refreshSoon = () => {
  clearTimeout(soon);
  soon = setTimeout(() => void refresh(), 50);
};

function learnElsewhere(): void {
  const [, page, slug] = /^#\/(\w+)\/([^?]+)/.exec(location.hash) ?? [];
  const module_slug = page === "module" && slug ? decodeURIComponent(slug) : "finding-your-way-around";
  const other = inAnotherTab();
  tell(`Another tab of ${learnerId()} starts “${module_slug}”, and this one hears of it.`);
  void other.track("learning_module_started", { module_slug }).finally(() => other.signOut());
}

listen();
showLog();
document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});
addEventListener("hashchange", () => void show());
addEventListener("online", refreshSoon);

const form = byId("learner") as HTMLFormElement;
const field = form.elements.namedItem("learner") as HTMLInputElement;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await change(field.value);
  field.value = learnerId();
  tell(`${learnerId()} sits here now.`);
  await show(false);
});

// The first read tells whether the service asks for a token.
await catalog().catch((error: Error) => tell(error.message, "bad"));
begin(refreshSoon);
field.value = learnerId();
showFaults({
  pending: () => waymark().pending,
  flush: () => void waymark().flush().then(refreshSoon),
  otherTab: learnElsewhere,
});
await show(false);
