/** What one tab tells the others: keys of events, each with the service's answer to it. */
export type News<T> = readonly (readonly [key: string, answer: T])[];

export type Tabs<T> = {
  /** Runs while no other tab of this learner's does. Without locks it runs at once: what two tabs send counts once. */
  exclusively(work: () => Promise<void>): Promise<void>;
  tell(news: News<T>): void;
  open(): void;
  /** A page with an open channel may not be kept for the way back. */
  close(): void;
};

/** The other tabs of the same learner at the same service. @param hear takes what they tell */
export function createTabs<T>(scope: string, hear: (news: News<T>) => void): Tabs<T> {
  let channel: BroadcastChannel | undefined;
  const tabs: Tabs<T> = {
    async exclusively(work) {
      let hasBegun = false;
      const begin = () => {
        hasBegun = true;
        return work();
      };
      try {
        await navigator.locks.request(scope, begin);
      } catch {
        // There are none over plain http, and none for a frame without an origin.
        if (!hasBegun) await work();
      }
    },
    tell: (news) => channel?.postMessage(news),
    open() {
      if (channel || typeof document === "undefined") return;
      try {
        channel = new BroadcastChannel(scope);
        channel.onmessage = ({ data }) => hear(data);
      } catch {}
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
  return tabs;
}
