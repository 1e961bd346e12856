import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../support/cli/cli.ts";
import type { Ran } from "../support/cli/ran.ts";
import { testFolder } from "../support/running/folders.ts";
import { parseTranscript, type Step } from "./transcript.ts";

const HERE = import.meta.dirname;
const CASES = readdirSync(join(HERE, "cases"));

interface Answered {
  readonly columns?: readonly string[];
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  readonly affected_nodes?: number;
  readonly affected_edges?: number;
  readonly reason?: string;
  readonly diagnostics?: readonly { readonly code: string }[];
}

/** What a command came to, without what differs from run to run. */
function outcomeOf({ status, out, err }: Ran, { args, sorted }: Step): unknown {
  if (!args.includes("--json")) return status === 0 ? null : { exit: status, said: err };
  const said: Answered = JSON.parse(status === 0 ? out : (/^\{.*$/mu.exec(err)?.[0] ?? "{}"));
  if (status !== 0) {
    const { diagnostics = [], reason } = said;
    if (diagnostics.length === 0) return { exit: status, reason };
    return { codes: diagnostics.map(({ code }) => code), exit: status };
  }
  const { columns, rows } = said;
  if (columns === undefined || rows === undefined)
    return { edges: said.affected_edges, nodes: said.affected_nodes };
  const shown = rows.map((row) => columns.map((column) => row[column]));
  return { columns, rows: sorted ? inAnyOrder(shown) : shown };
}

function inAnyOrder(rows: readonly unknown[]): readonly unknown[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe("transcripts of the command line", () => {
  it.each(CASES)("the case %s is answered as it stands", { timeout: 120_000 }, async (file) => {
    const { fixture, steps } = parseTranscript(readFileSync(join(HERE, "cases", file), "utf8"));
    expect(steps.some(({ answer }) => answer !== null)).toBe(true);
    const cwd = testFolder("transcript");
    cpSync(join(HERE, "fixtures", fixture), cwd, { recursive: true });
    for (const step of steps) {
      const args = step.args.map((word) => (word === "$G" ? "g.omni" : word));
      expect(outcomeOf(await run(args, { cwd }), step), `${file}:${step.line}`).toEqual(step.answer);
    }
  });
});
