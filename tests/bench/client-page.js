// Runs in the browser, on a page of the service's origin: sends the same events through the client, and by plain fetch.
const NAME = "learning_module_progressed";
const fieldsOf = (count) =>
  Array.from({ length: count }, (_, n) => ({ module_slug: `m-${n % 10}`, step: `step-${n}` }));

/** Milliseconds from the first sending until the last answer. */
window.sendByClient = async (learner, count) => {
  const { createWaymark } = await import("/waymark.js");
  const { fetch } = window;
  window.fetch = () => Promise.reject(new TypeError("The network is away"));
  const waymark = createWaymark({ url: location.origin, learner });
  const answers = fieldsOf(count).map((fields) => waymark.track(NAME, fields));
  await waymark.flush();
  if (waymark.pending !== count) throw new Error(`${waymark.pending} events are queued`);
  window.fetch = fetch;
  const start = performance.now();
  await waymark.flush();
  await Promise.all(answers);
  const time = performance.now() - start;
  await waymark.signOut();
  return time;
};

window.sendByFetch = async (learner, count) => {
  const events = fieldsOf(count).map((fields) => ({
    eventName: NAME,
    eventId: crypto.randomUUID(),
    contactIdentifier: { contactId: learner },
    payload: { ...fields, ts: new Date().toISOString() },
  }));
  const start = performance.now();
  for (let from = 0; from < count; from += 100) {
    const body = JSON.stringify({ events: events.slice(from, from + 100) });
    const { results } = await (await fetch("/events/track", { method: "POST", body })).json();
    if (results.some(({ status }) => status !== "accepted")) throw new Error("An event was refused");
  }
  return performance.now() - start;
};
