/** What stands in the way of a publication; the message says what, and what to do. */
export class PublicationFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PublicationFault";
  }
}
