import { BRANCH_WORKLOADS } from "./workloads.mjs";

const titleOf = (key) => BRANCH_WORKLOADS.find((workload) => workload.key === key)?.title ?? key;

/** The page's lines on branches; `table` writes rows of figures. */
export function branchSection({ date, node, cpu, cores, isWhole, how, bases, memory }, table) {
  const lines = [`## Branches and merges, ${date.slice(0, 10)}`, "", `${cpu}, ${cores} cores, Node ${node}.`];
  if (!isWhole)
    lines.push("", "A part of what `npm run bench -- --only branches` runs: not all bases, or fewer rounds.");
  lines.push(
    "",
    "Each side of a merge changes as many other rows of the base in one commit; three-way, no fast forward. `spread` takes every so many-th row of the",
    "table, `neighbours` takes runs. The floor is that of one durable put (a new file, linked, then synced once), taken right before each call: the least that a call of ours can take.",
    "",
    ...Object.entries(how).map(([name, text]) => `- ${name}: ${text}.`),
  );
  for (const [rows, figures] of Object.entries(bases)) {
    const titled = Object.fromEntries(Object.entries(figures).map(([key, row]) => [titleOf(key), row]));
    lines.push("", `### ${Number(rows).toLocaleString("en")} rows`, "", table(titled));
  }
  const extra = Object.entries(memory).flatMap(([rows, figures]) =>
    ["resident", "fresh"].map((kind) => [
      `${Number(rows).toLocaleString("en")} rows, ${kind === "fresh" ? "in a process that opens the store for it" : "in a process that merged before"}`,
      Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, figure[kind]])),
    ]),
  );
  if (extra.length > 0)
    lines.push(
      "",
      "Extra memory of a merge of 10k + 10k at its peak, MB:",
      "",
      table(Object.fromEntries(extra)),
    );
  return lines;
}
