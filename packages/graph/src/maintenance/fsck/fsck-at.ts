import { systemEnvironment } from "@omnigraph/base";
import type { FsckAnswer } from "@omnigraph/wire";
import type { FsckOptions } from "../../api/maintenance.ts";
import { Calls } from "../../calls/calls.ts";
import { checkArgument, optionsOf } from "../../calls/check.ts";
import { TEXT } from "../../calls/kinds.ts";
import { withPartsAt } from "../../open/open-graph.ts";
import { fsckAsked } from "./fsck.ts";

/** As `Omnigraph.fsck`. */
export async function fsckAt(uri: string, options: FsckOptions | undefined): Promise<FsckAnswer> {
  checkArgument("fsck", "uri", uri, TEXT);
  const asked = optionsOf("fsck", options);
  return new Calls(uri, systemEnvironment.clock).run("maintenance.fsck", asked, (signal) =>
    withPartsAt(uri, ({ objects, tables }) =>
      fsckAsked({ store: objects, tables, environment: systemEnvironment }, asked, signal),
    ),
  );
}
