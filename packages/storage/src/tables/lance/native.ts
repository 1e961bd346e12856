import { createRequire } from "node:module";
import { requireExternal } from "@omnigraph/storage/external";

/** What lancedb's own calls end in: no public interface, so that lancedb is pinned (decision 20). They take an Arrow file as it is; the calls above copy it twice, in one turn of the event loop. */
export interface NativeConnection {
  createTable: Create;
  createEmptyTable: Create;
  close(): void;
}

type Create = (
  name: string,
  file: Buffer,
  mode: "create",
  namespace: string[],
  storageOptions: Record<string, string>,
) => Promise<NativeTable>;

export interface NativeTable {
  add(file: Buffer, mode: "append"): Promise<unknown>;
  version(): Promise<number>;
  close(): void;
}

interface Native {
  readonly Connection: {
    new: (uri: string, options: { storageOptions: Record<string, string> }) => Promise<NativeConnection>;
  };
}

/** Keeps Lance from warning on standard error. Before it is loaded. */
export function quietLance(): void {
  process.env["LANCEDB_LOG"] ??= "error";
}

/** `require` as lancedb's entry has it. */
export function requireOfLance(): NodeJS.Require {
  return createRequire(requireExternal.resolve("@lancedb/lancedb"));
}

/** Connects by the native module alone, which is loaded in 10 ms: all of lancedb, with Arrow, takes 0.1 s, and is needed to read. */
export function connectNative(
  uri: string,
  storage: Readonly<Record<string, string>>,
): Promise<NativeConnection> {
  quietLance();
  // Cast: the module's type is that of its declarations, of which this is a part; `require` itself has none.
  const { Connection } = requireOfLance()("./native.js") as Native;
  return Connection.new(uri, { storageOptions: { ...storage } });
}
