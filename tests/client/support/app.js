// The script of a page of lessons. What the tests ask of it stands in the page's address.
const parameters = new URLSearchParams(location.search);
const [service, learner] = [parameters.get("service"), parameters.get("learner")];

window.violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  window.violations.push(`${violatedDirective} ${blockedURI}`),
);
addEventListener("pageshow", ({ persisted }) => {
  window.persisted = persisted;
});
window.addEventListener("unhandledrejection", (event) => event.preventDefault());

const { createWaymark } = await import(`${service}/waymark.js`);
const token = async (why) => {
  const answer = await fetch(`/token?${new URLSearchParams({ learner, why })}`);
  return answer.text();
};
window.heard = [];
window.waymark = createWaymark({ url: service, learner, token, enabled: !parameters.has("undecided") });
window.waymark.subscribe((result) => window.heard.push(result));
window.complete = (slugs) =>
  Promise.all(
    slugs.map((module_slug) =>
      window.waymark.track("learning_module_completed", { module_slug, completion_data: { of: module_slug } }).then(
        (answer) => answer?.status ?? "none",
        (error) => error.code,
      ),
    ),
  );

const elements = parameters.get("elements");
if (elements !== null) {
  const { use } = await import(`${service}/waymark-elements.js`);
  for (const tag of JSON.parse(elements)) {
    const [name, attributes] = tag;
    const element = document.createElement(`waymark-${name}`);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    document.querySelector("#elements").append(element);
  }
  window.use = use;
  use(parameters.has("fake") ? window.fake : window.waymark, JSON.parse(parameters.get("options") ?? "{}"));
}
