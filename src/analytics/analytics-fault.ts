/** An export, or what is asked of one, cannot be used as things are; the message says why and what to do, for people. */
export class AnalyticsFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AnalyticsFault";
  }
}
