import { type Environment, LIMITS, OmnigraphError } from "@omnigraph/base";
import { type Durability, type ObjectStore, placeOf } from "@omnigraph/storage";

const RETRY_MS = 20;

/**
 * Creates an object unless its key is taken, and answers the bytes that are there for good; they tell the caller whether they are its own. Retried
 * while the store gives no answer, up to `LIMITS.putDeadlineMs`; then `store_transient`.
 */
export async function claim(
  store: ObjectStore,
  { clock, random }: Environment,
  key: string,
  bytes: Uint8Array,
  durability: Durability = "durable",
): Promise<Uint8Array> {
  const deadline = clock.monotonicMs() + LIMITS.putDeadlineMs.value;
  while ((await store.putIfAbsent(key, bytes, durability)) !== "stored") {
    const there = await store.get(key);
    if (there !== null) {
      if (durability === "durable") await store.sync([key]);
      return there;
    }
    if (clock.monotonicMs() >= deadline) {
      throw new OmnigraphError(
        "store_transient",
        `${store.uri} did not say whether it holds ${key}; repeat the call`,
        {
          details: { key },
        },
      );
    }
    await clock.sleep(RETRY_MS * random.next());
  }
  return bytes;
}

/** Makes sure that an object named by the hash of its bytes exists. Errors as `claim`; `object_corrupt` where other bytes have that name. */
export async function putContent(
  store: ObjectStore,
  environment: Environment,
  key: string,
  bytes: Uint8Array,
): Promise<void> {
  const there = await claim(store, environment, key, bytes);
  if (Buffer.compare(there, bytes) === 0) return;
  const place = placeOf(store, key);
  throw new OmnigraphError(
    "object_corrupt",
    `${place} does not hold what its name says; restore it from a backup`,
    {
      details: { place },
    },
  );
}
