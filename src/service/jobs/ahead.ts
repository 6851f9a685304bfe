/** Asks for the next of something, such as a page of a scan, while this one is worked on. */
export async function* ahead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = pages.next();
  // What fails before anybody waits for it fails when somebody does.
  next.catch(() => {});
  for (;;) {
    const { done, value } = await next;
    if (done) return;
    next = pages.next();
    next.catch(() => {});
    yield value;
  }
}
