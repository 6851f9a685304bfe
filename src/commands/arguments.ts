import { InvalidArgumentError } from "commander";

/** Reads an option's whole number. */
export const whole =
  (least: number, most = 999_999_999) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };

/** Reads an option's text. */
export const text = (value: string): string => {
  if (value.trim() === "") throw new InvalidArgumentError("Expected a value.");
  return value;
};
