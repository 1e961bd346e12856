import { type Environment, OmnigraphError } from "@omnigraph/base";
import type { S3Connection } from "./connect.ts";
import { classify, s3Error } from "./errors.ts";
import { OWN } from "./own-keys.ts";
import { isProved, keepProof } from "./proof-record.ts";
import { StartingLine } from "./starting-line.ts";
import { describeServer, FIT, unfitServer } from "./servers.ts";

/** Puts of one key at the same time. */
const RACERS = 8;
/** Races that must have shown one winner and a loser. One known server lets two win in every second race only. */
const RACES = 10;
/** Races run for that, where answers are lost: one server drops the connection after each refusal, and the next put on it with it. */
const MOST_RACES = 3 * RACES;
const BODY_BYTES = 64;

/** A store that was proved. */
export interface Proof {
  /** Notes it in the root, so that no later process proves it again. Called once a graph is there; a failure is no harm. */
  keep(): Promise<void>;
}

/** Stores that this process has proved, by server and bucket. */
const proved = new Map<string, Promise<boolean>>();

/**
 * Shows that a store honours `If-None-Match` when puts race. Many servers answer rightly when asked one after the other, and let two of eight puts win
 * that come at once: two writers would both be told that they own one slot. Done once for a bucket and process, and not at all where the root says that
 * it was done. Nothing of a graph is touched. Throws `store_unsupported` with what was seen, `store_denied`, `store_transient`.
 */
export async function proveStore(connection: S3Connection, environment: Environment): Promise<Proof> {
  const key = `${connection.access.endpoint ?? ""} ${connection.bucket}`;
  const running = proved.get(key);
  if (running !== undefined) {
    await running;
    return { keep: async () => undefined };
  }
  const proving = prove(connection, environment);
  proved.set(key, proving);
  proving.catch(() => proved.delete(key));
  const isNew = await proving;
  return {
    keep: async () => {
      if (isNew) await keepProof(connection, environment.clock);
    },
  };
}

/** Whether races had to be run. */
async function prove(connection: S3Connection, { random }: Environment): Promise<boolean> {
  if (await isProved(connection)) return false;
  const keys: string[] = [];
  /** By key which racer has won. */
  const winners = new Map<string, number>();
  try {
    while (winners.size < RACES && keys.length < MOST_RACES) {
      const key = `${OWN}race-${Buffer.from(random.bytes(12)).toString("hex")}`;
      keys.push(key);
      const winner = await race(connection, key);
      if (winner !== null) winners.set(key, winner);
      const unfit = unfitServer(connection.heard.server);
      if (unfit !== null)
        throw unsupported(
          connection,
          `it is ${unfit}, where several such puts were seen to succeed together`,
        );
    }
    await checkWinners(connection, winners);
  } finally {
    await Promise.all(keys.map((key) => remove(connection, key)));
  }
  if (winners.size === RACES) return true;
  throw new OmnigraphError(
    "store_transient",
    `${uriOf(connection)} left too many conditional puts without an answer to tell whether it honours them; repeat the call`,
    { details: { uri: uriOf(connection) } },
  );
}

/** Runs one race. Answers its winner; null where lost answers leave it open. Throws `store_unsupported` where several won. */
async function race(connection: S3Connection, key: string): Promise<number | null> {
  const bodies = Array.from({ length: RACERS }, (_, i) => new Uint8Array(BODY_BYTES).fill(i));
  const line = new StartingLine(RACERS);
  const outcomes = await Promise.all(bodies.map((body) => racingPut(connection, key, body, line)));
  const winners = outcomes.flatMap((outcome, i) => (outcome === "stored" ? [i] : []));
  if (winners.length > 1) {
    const what = `of ${RACERS} conditional puts of one key at the same time ${winners.length} succeeded, where one may`;
    throw unsupported(connection, what);
  }
  return outcomes.includes("lost") ? (winners[0] ?? null) : null;
}

/** Throws `store_unsupported` where another put than the one that won is there. */
async function checkWinners(connection: S3Connection, winners: ReadonlyMap<string, number>): Promise<void> {
  const there = await Promise.all([...winners.keys()].map((key) => firstByte(connection, key)));
  const wrong = [...winners.values()].some((winner, i) => there[i] !== winner);
  if (wrong)
    throw unsupported(connection, "a conditional put that was refused replaced the one that succeeded");
}

type Outcome = "stored" | "lost" | "unknown";

/** Puts a body once all others are ready to be sent: signing them takes longer than a server takes for one. */
async function racingPut(
  { sdk, once, bucket, prefix }: S3Connection,
  key: string,
  Body: Uint8Array,
  line: StartingLine,
): Promise<Outcome> {
  const put = new sdk.PutObjectCommand({ Bucket: bucket, Key: prefix + key, Body, IfNoneMatch: "*" });
  let isReady = false;
  put.middlewareStack.add(
    (next) => async (call) => {
      isReady = true;
      await line.arrive();
      return next(call);
    },
    { step: "deserialize", priority: "high", name: "startingLine" },
  );
  try {
    await once.send(put);
    return "stored";
  } catch (cause) {
    if (!isReady) void line.arrive();
    const failure = classify(cause);
    if (failure === "condition") return "lost";
    if (failure === "race" || failure === "store_transient") return "unknown";
    throw s3Error(cause, "write", `s3://${bucket}/${prefix}${key}`, failure);
  }
}

async function firstByte(connection: S3Connection, key: string): Promise<number | undefined> {
  const { sdk, retrying, bucket, prefix } = connection;
  try {
    const answer = await retrying.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: prefix + key }));
    return (await answer.Body?.transformToByteArray())?.[0];
  } catch (cause) {
    throw s3Error(cause, "read", uriOf(connection) + key);
  }
}

/** Removes the object of a race. One that stays is in nobody's way. */
async function remove({ sdk, retrying, bucket, prefix }: S3Connection, key: string): Promise<void> {
  const object = { Bucket: bucket, Key: prefix + key };
  await retrying.send(new sdk.DeleteObjectCommand(object)).catch(() => undefined);
}

function unsupported(connection: S3Connection, why: string): OmnigraphError {
  const { heard } = connection;
  const { endpoint } = connection.access;
  const uri = uriOf(connection);
  const where = endpoint === undefined ? "" : ` at ${endpoint}`;
  return new OmnigraphError(
    "store_unsupported",
    `${uri}${where} cannot be written safely: ${why} (${describeServer(heard.server)}); use ${FIT}`,
    { details: { uri, endpoint: endpoint ?? null, server: heard.server } },
  );
}

function uriOf({ bucket, prefix }: S3Connection): string {
  return `s3://${bucket}/${prefix}`;
}
