import { systemEnvironment } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { copyInto } from "../../../packages/graph/src/maintenance/copies.ts";
import { inGraph, set, unless, type Writer, type WriterProcess } from "../writer.ts";

/** Copies the graph to the address beside. Faults befall the calls of both stores. */
const copying =
  (isNew: boolean) =>
  async (process: WriterProcess): Promise<void> => {
    const [from, to] = await Promise.all([process.open(), process.openBeside()]);
    const environment = from.environment ?? systemEnvironment;
    const log = await GraphLog.open(from.objects, environment, { readOnly: isNew });
    try {
      const { holdsTables } = process.place;
      await copyInto({ ...from, log, environment }, to.objects.uri, { ...to, holdsTables }, { isNew });
    } finally {
      await log.close();
      await Promise.all([from.objects.close(), to.objects.close()]);
    }
  };

const copied: Pick<Writer, "copies" | "isCarriedOn"> = { copies: true, isCarriedOn: true };

/** What copies a graph. */
export const COPIES: readonly Writer[] = [
  { name: "backup, full", section: "backup", write: copying(false), ...copied },
  {
    name: "backup, incremental",
    section: "backup",
    prepare: async (process) => {
      await copying(false)(process);
      await inGraph(async (graph) => {
        await set(graph, "main", "a4", 200);
        await set(graph, "draft", "a4", 201);
        await graph.branches.create("later");
      })(process);
    },
    write: copying(false),
    ...copied,
  },
  {
    name: "restore",
    section: "backup",
    write: (process) => unless("graph_exists", copying(true)(process)),
    ...copied,
  },
];
