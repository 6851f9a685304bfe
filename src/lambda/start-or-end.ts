/** What a function is made of before its first event. One that cannot start ends, and its log says why, without a stack. */
export function startOrEnd<Started>(start: () => Started): Started {
  try {
    return start();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
