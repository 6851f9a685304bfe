/** A file or a mapping with which nothing can be imported; the message says why, for people. */
export class ImportFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ImportFault";
  }
}
