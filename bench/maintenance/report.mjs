// The part of docs/performance.md about folds: from bench/results/fold.json, and what was learned.
const row = (name, { ms, cpu, hold }) =>
  `| ${name} | ${ms.toFixed(0)} | ${cpu.toFixed(0)} | ${hold.toFixed(1)} |`;

const LEARNED = `Where the processor time of such a fold goes, by threads and a profile, in milliseconds: some 800 in all. On the day before it was 1,250, of which 420 were the main
thread's.

| | |
|---|---|
| Lance: encoding and writing, in its own threads | 310 |
| main thread: reading and verifying columns, copying them together, checksums, index, Arrow files | 140 to 190 |
| main thread: garbage collection | 50 |
| garbage collection beside it: six markings, each of them because 64 MB of array buffers more were allocated | 170 |
| the thread pool: reading and writing files of 66 MB | 100 |

- Garbage collection was the longest turn (15 to 38 ms), and a third of the time: V8 starts a marking for every 64 MB of array buffers, however small its own heap is. What helps is to
  allocate less: column files are written from the memory of the rows (no copy of the file), Arrow files are made in memory that is used again.
- lancedb's \`createTable\` and \`add\` copy an Arrow table twice into fresh memory, in one turn. Its native calls below take the bytes of an Arrow file as they are; they are given them by
  \`tables/lance/table-writer.ts\`, which prepares the next file while Lance writes one.
- Hashing a million ids takes 0.1 to 0.15 s in JavaScript, and a fold did it twice: to find which rows are replaced, and for the index of the new column file. The stored index of the largest
  table answers the first, and the second follows from it: only what changed is hashed. A power of two that is passed makes the index anew.
- Rows that did not change are copied as ranges, which cost as much as one call each.
- Loading lancedb and Arrow the first time took turns of 50 and 30 ms of processor time; piece by piece the longest is 17. Writing needs neither: Arrow files are laid out here, which
  also saves two copies of the rows (1.8 times Lance's processor time were 1.55 then), and lancedb's native module loads in 10 ms.
- What was measured as a fold until now was a fold and the building of five indexes, which takes Lance longer than all its rows: the figures are apart now.
- What is left: the column file is a second copy of the rows, which Lance alone does not write. A fold reads 66 MB, verifies them, and writes them again beside Lance's 29.`;

/** `figures` by part: `rows` and `indexes`, each of the fold and of Lance alone. */
export function foldSection({ date, cpu, cores, node, size, rows, figures }) {
  const { rows: written, indexes } = figures;
  return [
    `## Folds, ${date.slice(0, 10)}`,
    "",
    `${cpu}, ${cores} cores, Node ${node}. ${size}: ${rows.toLocaleString("en")} rows, of which 2,000 were changed since the last fold, are made one table a type (\`optimize\` with \`full\`). Lance`,
    "alone writes the same rows from Arrow tables in one call a table, and syncs its files. Milliseconds, p50; processor time is that of all threads.",
    "",
    "| | time | processor time | longest turn |",
    "|---|---|---|---|",
    row("fold: tables and column files", written.fold),
    row("Lance alone: tables", written.lance),
    row("indexes after the fold", indexes.fold),
    row("Lance alone: the same indexes", indexes.lance),
    "",
    ...LEARNED.split("\n"),
  ];
}
