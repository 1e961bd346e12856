// Puts one object if it is absent, when told to: `node putter.mjs <s3 address> <key> <size>`; what is put is `size` bytes of the key's last character.
import { writeSync } from "node:fs";
import { connectS3, S3Objects } from "@omnigraph/storage";

const [uri, key, size] = process.argv.slice(2);
const store = new S3Objects(await connectS3(uri, { variables: process.env }));
await store.exists("warm"); // connects
writeSync(1, "ready\n");
await new Promise((go) => process.stdin.once("data", go));
process.stdin.destroy();
const outcome = await store.putIfAbsent(key, Buffer.alloc(Number(size), key.at(-1)));
writeSync(1, `${outcome}\n`);
await store.close();
