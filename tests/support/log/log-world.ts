import { type BranchLog, type BranchWriter, GraphLog, type StagedTest } from "@omnigraph/log";
import { idTextIn, type ObjectStore } from "@omnigraph/storage";
import { SimulatedTime } from "../simulation/time.ts";
import { calmNetwork, type CallPlan, type SimulatedCall } from "../simulation/network.ts";
import { SimulatedObjects, type SimulatedTraits } from "../simulation/objects.ts";

export const GRAPH = { schema: Buffer.from("{}"), actor: null, message: null };

/** Of tables with one row, whose ids their places say: attempts conflict with what they rely on. */
const TEST: StagedTest = {
  rowsOf: async () => null,
  conflictTest:
    async (_, __, { types, keys }) =>
    (theirs) =>
      theirs.some(
        ({ type, after, before }) =>
          types.includes(type) ||
          [after, before].some((rows) => {
            for (let row = 0; row < rows.length; row++)
              if (keys.get(type)?.includes(idTextIn(rows, "id", row)) === true) return true;
            return false;
          }),
      ),
};

/** One process of a simulated world, at work on main. */
export interface LogProcess {
  readonly log: GraphLog;
  readonly main: BranchLog;
  readonly writer: BranchWriter;
}

/** A simulated world with a graph in it. */
export class LogWorld {
  /** What befalls a call, decided by a test; null: nothing. */
  fate: (call: SimulatedCall) => CallPlan | null = () => null;
  readonly objects: SimulatedObjects;

  private constructor(seed: number, traits: SimulatedTraits) {
    const network = { plan: (call: SimulatedCall) => this.fate(call) ?? calmNetwork.plan(call) };
    this.objects = new SimulatedObjects(new SimulatedTime(), network, seed, traits);
  }

  static async make(seed = 1, traits: SimulatedTraits = {}): Promise<LogWorld> {
    const world = new LogWorld(seed, traits);
    const { objects } = world;
    await GraphLog.init(objects.connect("maker"), objects.process("maker"), GRAPH);
    return world;
  }

  /** The graph as one process has it, by a store of its own unless another is given. */
  async open(id: string, store: ObjectStore = this.objects.connect(id)): Promise<GraphLog> {
    const log = await GraphLog.open(store, this.objects.process(id), { readOnly: false });
    log.intents.start(TEST);
    return log;
  }

  async begin(id: string, store?: ObjectStore): Promise<LogProcess> {
    const log = await this.open(id, store);
    const main = await log.branch("main");
    return { log, main, writer: log.writer(main) };
  }

  commits(): number {
    return this.objects.keys().filter((key) => key.endsWith(".commit")).length;
  }
}
