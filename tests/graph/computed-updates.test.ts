import { isError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";

const COUNT = `query count() { update Counter set { value: value + 1 } where slug = "n" }`;

/** Counts up, again where another write came first. */
async function count(graph: Omnigraph): Promise<void> {
  for (;;) {
    try {
      await graph.mutate(COUNT);
      return;
    } catch (error) {
      if (!isError(error, "read_set_conflict")) throw error;
    }
  }
}

it("no step of a count is lost between writers that race", async () => {
  const address = "memory://computed-updates";
  const first = await Omnigraph.init(address, { schema: "node Counter { slug: String @key  value: I64 }" });
  await first.load([{ type: "Counter", data: { slug: "n", value: 0 } }], { mode: "append" });
  const second = await Omnigraph.open(address);
  await Promise.all([first, second].flatMap((graph) => Array.from({ length: 10 }, () => count(graph))));
  const { rows } = await first.query("match { $c: Counter } return { $c.value as value }");
  expect(rows).toEqual([{ value: 20 }]);
  await Promise.all([first.close(), second.close()]);
});
