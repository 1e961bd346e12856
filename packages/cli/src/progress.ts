import { counted } from "@omnigraph/base";
import type { LoadProgress } from "omnigraph";
import { SingleBar } from "cli-progress";
import { shown } from "./output/shown.ts";
import type { Terminal } from "./terminal.ts";

/** Shows the progress of a load. */
export interface LoadReporter {
  update(progress: LoadProgress): void;
  stop(): void;
}

const SILENT: LoadReporter = { update: () => undefined, stop: () => undefined };
const PLAIN_EVERY_MS = 2000;

/** A bar on a terminal, a plain line every two seconds elsewhere, nothing when quiet. `total` is in bytes, null when unknown. */
export function loadReporter(terminal: Terminal, quiet: boolean, total: number | null): LoadReporter {
  if (quiet) return SILENT;
  return terminal.interactive && total !== null ? bar(terminal, total) : plain(terminal);
}

function bar(terminal: Terminal, total: number): LoadReporter {
  const drawn = terminal.err.drawOn(
    (stream) =>
      new SingleBar({
        format: "{phase} [{bar}] {percentage}% {rows} {rate} MB/s, {eta_formatted} left",
        hideCursor: true,
        clearOnComplete: true,
        stream,
      }),
  );
  const began = Date.now();
  drawn.start(total, 0, { phase: "read", rows: counted(0, "row"), rate: "0" });
  return {
    update: ({ bytes, rows, phase }) => {
      const rate = (bytes / 1e3 / Math.max(1, Date.now() - began)).toFixed(1);
      drawn.update(bytes, { phase, rows: counted(rows, "row"), rate });
    },
    stop: () => drawn.stop(),
  };
}

function plain(terminal: Terminal): LoadReporter {
  let last = Date.now();
  return {
    update: ({ bytes, rows, phase }) => {
      if (Date.now() - last < PLAIN_EVERY_MS) return;
      last = Date.now();
      terminal.err.mention(shown`${phase}: ${counted(rows, "row")}, ${(bytes / 1e6).toFixed(1)} MB\n`);
    },
    stop: () => undefined,
  };
}
