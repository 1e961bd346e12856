import { present } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";

/** Replaced whenever the time of the store is asked for. It says nothing. */
const CLOCK_KEY = "__manifest/clock.json";

/** The time by the store's own clock, in milliseconds since the epoch: that of an object which is put now. Ages are told by it alone, whatever the clocks of processes say. */
export async function storeNow(store: ObjectStore): Promise<number> {
  await store.put(CLOCK_KEY, Buffer.from("{}"), "relaxed");
  const [info] = await store.list(CLOCK_KEY, { limit: 1 });
  return present(info, "object that was just put").modifiedMs;
}
