const write = async (): Promise<void> => {};

export function floating(a: number, b: number): string {
  write();
  return a > b ? "more" : a < b ? "less" : "equal";
}

export const tooMany = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e;

export function tangled(rows: number[][]): number {
  let sum = 0;
  for (const row of rows) {
    for (const value of row) {
      if (value > 0) {
        if (value > 10 && value < 100) sum += 1;
        else if (value > 1_000) sum += 2;
        else sum += 3;
      } else if (value === 0) {
        while (sum > 5) sum -= 1;
      }
    }
  }
  return sum;
}
