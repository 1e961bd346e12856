/**
 * The greatest taken number below `end`, if all numbers up to it are taken: by exponential and then binary search.
 * `taken` is known to be taken, or is one less than the first number.
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
