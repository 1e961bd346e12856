import { systemEnvironment } from "@omnigraph/base";
import type { FsckAnswer } from "@omnigraph/wire";
import type { FsckOptions } from "../../api/maintenance.ts";
import { Calls } from "../../calls/calls.ts";
import { withPartsAt } from "../../open/open-graph.ts";
import { fsckAsked } from "./fsck.ts";

/** As `Omnigraph.fsck`. */
export function fsckAt(uri: string, options: FsckOptions): Promise<FsckAnswer> {
  return new Calls(uri, systemEnvironment.clock).run("maintenance.fsck", options, (signal) =>
    withPartsAt(uri, ({ objects, tables }) =>
      fsckAsked({ store: objects, tables, environment: systemEnvironment }, options, signal),
    ),
  );
}
