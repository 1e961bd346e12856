// Writes rows to disk, says so, and waits to be killed: `node spill-until-killed.mjs`.
import { Spill } from "@omnigraph/storage";

const room = new Spill().take(1 << 20);
room.write(0, new Uint8Array(room.length).fill(7));
process.stdout.write("written\n");
setInterval(() => room.read(0, new Uint8Array(1)), 1000);
