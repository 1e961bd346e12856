/**
 * The greatest number below `end` that is taken, where all numbers up to it are: by probing ever farther, then halving.
 * `taken` is known to be taken, or one less than the first number of all.
 */
export async function lastTaken(
  taken: number,
  end: number,
  isTaken: (number: number) => Promise<boolean>,
): Promise<number> {
  let last = taken;
  let step = 1;
  while (last + step < end && (await isTaken(last + step))) {
    last += step;
    step *= 2;
  }
  let free = Math.min(last + step, end);
  while (free - last > 1) {
    const middle = Math.floor((last + free) / 2);
    if (await isTaken(middle)) last = middle;
    else free = middle;
  }
  return last;
}
