import { present } from "@omnigraph/base";

/** What `work` answers for each item, in their order, with so many of them under way at a time. Throws what the first failure is once the others have ended. */
export async function* ahead<Item, Answer>(
  items: Iterable<Item>,
  many: number,
  work: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer, void, undefined> {
  const underWay: Promise<Answer>[] = [];
  try {
    for (const item of items) {
      const begun = work(item);
      // It may fail before its turn to be awaited comes, and is told then.
      begun.catch(() => undefined);
      underWay.push(begun);
      if (underWay.length < many) continue;
      yield await present(underWay[0], "work");
      void underWay.shift();
    }
    for (const answer of underWay) yield await answer;
  } finally {
    await Promise.allSettled(underWay);
  }
}
