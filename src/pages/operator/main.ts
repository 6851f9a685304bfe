import { wordsOf } from "../address.ts";
import { byId, h } from "../dom.ts";
import type { View } from "./view.ts";
import { catalogView } from "./views/catalog-view.ts";
import { completionsView } from "./views/completions-view.ts";
import { expiringView } from "./views/expiring-view.ts";
import { learnerView } from "./views/learner-view.ts";
import { refusedView } from "./views/refused-view.ts";
import { runView } from "./views/run-view.ts";
import { runsView } from "./views/runs-view.ts";

/** By the first word of the address; what follows it is handed on. */
const VIEWS: Record<string, (...rest: string[]) => View | Promise<View>> = {
  "": completionsView,
  refused: refusedView,
  expiring: expiringView,
  catalog: catalogView,
  runs: runsView,
  run: runView,
  learner: learnerView,
};

const failed = (error: Error): View => ({
  title: "Sorry",
  nodes: [h("h1", {}, "This cannot be shown now."), h("p", { class: "bad", role: "alert" }, error.message)],
});

async function viewAt(hash: string): Promise<View> {
  const [page = "", ...rest] = wordsOf(hash.replace(/^#\/?/, ""));
  return (Object.hasOwn(VIEWS, page) ? VIEWS[page] : completionsView)?.(...rest) as View;
}

/** Shows what the address names. @param isArrival whether somebody came here by a link, and is to hear so */
async function show(isArrival = true): Promise<void> {
  const { hash } = location;
  const view = await viewAt(hash).catch(failed);
  if (hash !== location.hash) return;
  document.title = `${view.title} · Waymark`;
  const page = hash.split("/")[1] ?? "";
  for (const link of document.querySelectorAll("nav a"))
    if (link.getAttribute("href") === `#/${page === "run" ? "runs" : page}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  byId("main").replaceChildren(...view.nodes);
  if (!isArrival) return;
  byId("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});
addEventListener("hashchange", () => void show());
await show(false);
