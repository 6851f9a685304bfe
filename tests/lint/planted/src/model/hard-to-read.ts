const write = async (): Promise<void> => {};

export function floating(a: number, b: number): string {
  write();
  return a > b ? "more" : a < b ? "less" : "equal";
}

export const tooMany = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e;
