type CleanUp = () => unknown;

const cleanUps: CleanUp[] = [];

/** Has something done when the test file is over; may be called from anywhere in the file, its tests and hooks too. */
export const atFileEnd = (cleanUp: CleanUp): void => void cleanUps.push(cleanUp);

/** Does it all, the latest first. @throws the first failure, when all is done */
export async function endFile(): Promise<void> {
  const failures: unknown[] = [];
  for (const cleanUp of cleanUps.splice(0).reverse())
    try {
      await cleanUp();
    } catch (failure) {
      failures.push(failure);
    }
  if (failures.length > 0) throw failures[0];
}
