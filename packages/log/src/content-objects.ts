import { type Environment, isError, LIMITS, OmnigraphError } from "@omnigraph/base";
import { type Durability, type ObjectStore, placeOf } from "@omnigraph/storage";

const RETRY_MS = 20;

/**
 * Creates an object unless its key is taken, and answers the bytes that are there for good; they tell the caller whether they are its own. Retried
 * while the store gives no answer, up to `LIMITS.putDeadlineMs`. Throws `store_transient` where the object may be there, whatever the store says by then, and
 * what the store refuses the first put with.
 */
export async function claim(
  store: ObjectStore,
  { clock, random }: Environment,
  key: string,
  bytes: Uint8Array,
  durability: Durability = "durable",
): Promise<Uint8Array> {
  const deadline = clock.monotonicMs() + LIMITS.putDeadlineMs.value;
  for (let mayBeThere = false; ; mayBeThere = true) {
    try {
      if ((await store.putIfAbsent(key, bytes, durability)) === "stored") return bytes;
      mayBeThere = true;
      const there = await store.get(key);
      if (there !== null && durability === "durable") await store.sync([key]);
      if (there !== null) return there;
    } catch (cause) {
      if (!mayBeThere || !isError(cause) || cause.reason === "graph_replaced") throw cause;
      throw unsaid(store, key, cause);
    }
    if (clock.monotonicMs() >= deadline) throw unsaid(store, key, null);
    await clock.sleep(RETRY_MS * random.next());
  }
}

/** A refusal after a put without an answer does not say that this put did nothing. */
function unsaid({ uri }: ObjectStore, key: string, cause: OmnigraphError | null): OmnigraphError {
  const why = cause === null ? "" : ` (${cause.message})`;
  return new OmnigraphError(
    "store_transient",
    `${uri} did not say whether it holds ${key}${why}; repeat the call`,
    {
      details: { key },
      ...(cause === null ? {} : { cause }),
    },
  );
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
