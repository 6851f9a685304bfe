/** A run is named after its beginning. @param startTime as the run's files have it */
export const nameOfRun = (startTime: string): string => startTime.replace(/[:.]/g, "-");
