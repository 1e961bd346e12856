// Preloaded by writers: now and then a process is held up just before it syncs, as a busy machine may do. Then others' syncs can make a name last before its bytes.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const HELD_UP = 0.5;
const MOST_MS = 40;
const nothing = new Int32Array(new SharedArrayBuffer(4));
const sync = fs.fsyncSync;

fs.fsyncSync = (handle) => {
  if (Math.random() < HELD_UP) Atomics.wait(nothing, 0, 0, Math.random() * MOST_MS);
  sync(handle);
};
syncBuiltinESMExports();
