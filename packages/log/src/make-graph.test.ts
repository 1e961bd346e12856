import { isError, SimulatedTime } from "@omnigraph/base";
import { calmNetwork, SimulatedObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { GraphLog } from "./graph-log.ts";

const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };

/** Calls to the store that making a graph takes, and more. */
const CALLS = 12;

test.each(Array.from({ length: CALLS }, (_, i) => i))(
  "a maker that ends at its call %i leaves nothing, a graph, or what the next one completes",
  async (last) => {
    for (const powerLoss of [false, true]) {
      let calls = 0;
      const time = new SimulatedTime();
      const network = {
        plan: (call: Parameters<typeof calmNetwork.plan>[0]) => {
          if (call.process === "first" && calls++ === last) time.after(0, () => world.crash("first"));
          return calmNetwork.plan(call);
        },
      };
      const world = new SimulatedObjects(time, network, last);
      const first = GraphLog.init(world.connect("first"), world.process("first"), OPTIONS);
      const second = world.process("second");
      await Promise.race([first, second.clock.sleep(1_000)]);
      if (powerLoss) world.powerLoss();
      const store = world.connect("third");
      const third = world.process("third");
      try {
        await GraphLog.init(store, third, OPTIONS);
      } catch (error) {
        if (!isError(error, "graph_exists")) throw error;
      }
      const log = await GraphLog.open(store, third, { readOnly: false });
      const head = await (await log.branch("main")).head();
      expect(head.header).toMatchObject({ kind: "genesis", op: log.id });
      expect(Buffer.from(await log.schema(head.header.schema))).toEqual(OPTIONS.schema);
      world.powerLoss();
      expect(world.keys().length).toBe(3);
    }
  },
);
