import { isError, systemEnvironment } from "@omnigraph/base";
import type { Backend } from "@omnigraph/storage";
import type { RepairAnswer, RepairedObject } from "@omnigraph/wire";
import type { RepairOptions } from "../../api/maintenance.ts";
import { Branches } from "../../branches/branches.ts";
import { Calls } from "../../calls/calls.ts";
import { checkArgument, optionsOf } from "../../calls/check.ts";
import { TEXT } from "../../calls/kinds.ts";
import type { GraphContext } from "../../open/context.ts";
import { closeGraph, openAt, withPartsAt } from "../../open/open-graph.ts";
import { DAMAGE } from "../fsck/damage.ts";
import { answerOf, checkAsked, compareTables, repair, repairObjects, type RepairRequest } from "./repair.ts";

/** As `Omnigraph.repair`. */
export async function repairAt(uri: string, options: RepairOptions | undefined): Promise<RepairAnswer> {
  checkArgument("repair", "uri", uri, TEXT);
  const asked = optionsOf("repair", options);
  return new Calls(uri, systemEnvironment.clock).run("maintenance.repair", asked, async (signal) => {
    const request = { ...asked, signal };
    checkAsked(request);
    try {
      return await withGraphAt(uri, request, repair);
    } catch (cause) {
      // Of `format.json`, or of the record of the branch.
      if (!isError(cause, "graph_not_found") && !isError(cause, "object_corrupt")) throw cause;
      return repairClosed(uri, request);
    }
  });
}

/** Repairs the objects of a graph that does not open, and then, if it does, its tables. */
async function repairClosed(uri: string, asked: RepairRequest): Promise<RepairAnswer> {
  const repairAll = ({ objects: store, tables }: Backend): Promise<readonly RepairedObject[]> =>
    repairObjects({ store, tables, environment: systemEnvironment }, null, asked);
  const objects = await withPartsAt(uri, repairAll, asked.confirm);
  try {
    return await withGraphAt(uri, asked, async (context, branches) =>
      answerOf(asked, objects, await compareTables(context, branches, asked)),
    );
  } catch (cause) {
    if (!isError(cause) || !DAMAGE.has(cause.reason)) throw cause;
    return answerOf(asked, objects, { tables: [], commit: null, problem: cause.message });
  }
}

async function withGraphAt(
  uri: string,
  asked: RepairRequest,
  call: (context: GraphContext, branches: Branches, asked: RepairRequest) => Promise<RepairAnswer>,
): Promise<RepairAnswer> {
  const context = await openAt(uri, { readOnly: asked.confirm !== true, maintenance: "off" });
  try {
    return await call(context, new Branches(context, () => undefined), asked);
  } finally {
    await closeGraph(context);
  }
}
