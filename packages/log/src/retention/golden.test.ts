import { fileURLToPath } from "node:url";
import { systemEnvironment } from "@omnigraph/base";
import { LocalObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { MAIN_LOG_ID } from "../address.ts";
import { GraphLog } from "../graph-log.ts";
import { decodeCondemned, encodeCondemned } from "./condemned-list.ts";
import { decodeHorizon, encodeHorizon, horizonKey, WHOLE } from "./horizon-record.ts";
import { decodePin, encodePin, pinKey } from "./pin-record.ts";

const GOLDEN = fileURLToPath(new URL("../../../../tests/golden/cleanup-v1", import.meta.url));
const PIN = "01JD000000000000000000000P";

test("what cleanup leaves is read as it was written, and would be written so again", async () => {
  const store = new LocalObjects(GOLDEN);
  const log = await GraphLog.open(store, systemEnvironment, { readOnly: true });
  const bytesOf = async (key: string): Promise<Uint8Array> => (await store.get(key)) ?? expect.fail(key);
  const head = await log.head("main");
  const kinds: string[] = [];
  for await (const { changes } of log.history(head)) kinds.push(changes.kind);
  expect(kinds).toEqual(["rows", "reclaimed", "rows"]);

  const record = await bytesOf(horizonKey(1, "json"));
  const horizon = decodeHorizon(record, log.id, "write", "");
  expect(horizon).toMatchObject({ number: 1, at: 1_796_000_000_000_001, actor: "ann" });
  expect([...horizon.cuts]).toEqual([
    [MAIN_LOG_ID, 1],
    ["0000000Z1", WHOLE],
  ]);
  expect(Buffer.from(encodeHorizon(horizon, log.id))).toEqual(Buffer.from(record));

  const done = await bytesOf(horizonKey(1, "done"));
  const list = decodeCondemned(done, "write", "");
  expect(list).toEqual({
    slots: new Map([[MAIN_LOG_ID, [[1, 1]]]]),
    tables: [{ staging: "01JD000000000000000000000A", type: "01JD0000000000000000000001" }],
  });
  expect(Buffer.from(encodeCondemned(list))).toEqual(Buffer.from(done));
  expect(await bytesOf(horizonKey(1, "found"))).toEqual(done);
  expect(decodeCondemned(await bytesOf(horizonKey(1, "over")), "write", "").tables).toEqual([]);

  const put = await bytesOf(pinKey(PIN));
  const pin = decodePin(put, "");
  expect(pin).toMatchObject({ graph: log.id, op: PIN, commit: head.header.id, purpose: "backup" });
  expect(Buffer.from(encodePin(pin))).toEqual(Buffer.from(put));
  await log.close();
  await store.close();
});
