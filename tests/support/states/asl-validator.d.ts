declare module "asl-validator" {
  /** Checks a definition against the schema of Amazon States Language, and that its states lead to one another. */
  export default function validate(definition: object): {
    isValid: boolean;
    errorsText(separator: string): string;
  };
}
