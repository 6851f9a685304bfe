import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
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

/** Reads the folder that a run's files go to. It is looked at before anything is done: it is there, or can be made. */
export const folder = (value: string): string => {
  let place = resolve(text(value));
  while (!existsSync(place)) place = dirname(place);
  mustTakeFiles(place, "Name a folder, or one that can be made.");
  return value;
};

/** Reads the file that something goes to, in a folder that is there. */
export const file = (value: string): string => {
  const path = resolve(text(value));
  if (existsSync(path) && statSync(path).isDirectory())
    throw new InvalidArgumentError(`${path} is a folder. Name a file in it.`);
  const place = dirname(path);
  if (!existsSync(place)) throw new InvalidArgumentError(`There is no folder ${place}. Make it, or name another.`);
  mustTakeFiles(place, "Name a file in a folder.");
  return value;
};

function mustTakeFiles(place: string, next: string): void {
  if (!statSync(place).isDirectory()) throw new InvalidArgumentError(`${place} is not a folder. ${next}`);
  try {
    accessSync(place, constants.W_OK);
  } catch {
    throw new InvalidArgumentError(`${place} may not be written by this user. Name another folder.`);
  }
}
