import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { ended, ok, start } from "../support/cli/cli.ts";
import { testFolder, treeOf } from "../support/running/folders.ts";

const cwd = testFolder("interrupt");
const ROWS = 150_000;

beforeAll(async () => {
  writeFileSync(join(cwd, "s.pg"), "node Item { slug: String @key  name: String  number: I64  flag: Bool? }");
  await ok(["init", "--schema", "s.pg", "g.omni"], { cwd });
  const data = createWriteStream(join(cwd, "items.jsonl"));
  for (let i = 0; i < ROWS; i++) {
    data.write(`{"type":"Item","data":{"slug":"item-${i}","name":"Item number ${i}","number":${i}}}\n`);
  }
  data.end();
  await once(data, "finish");
});

/** The files of the log, or all others; folders may be made on the way. */
const filesOf = (tree: Record<string, string>, ofLog: boolean): readonly (readonly [string, string])[] =>
  Object.entries(tree).filter(
    ([path]) => !path.endsWith("/") && path.startsWith("__manifest/log/") === ofLog,
  );

/** Of the newest commit of main. */
async function newestKind(): Promise<unknown> {
  const { commits } = JSON.parse(await ok(["commit", "list", "g.omni", "--json"], { cwd })) as {
    commits: readonly { readonly kind: unknown }[];
  };
  return commits[0]?.kind;
}

const load = (data: string): string[] => ["load", "--data", data, "--mode", "merge", "g.omni"];

describe("an interrupted load", () => {
  it("an interrupted load that waits for input ends at once and leaves the folder unchanged", async () => {
    const before = treeOf(cwd);
    for (const [more, said] of [
      [[], /^target: g\.omni branch main\ninterrupted: nothing was left half done\n$/],
      [
        ["--json"],
        /^\{"error":"interrupted: nothing was left half done","code":"bad_request","reason":"aborted"\}\n$/,
      ],
    ] as const) {
      const child = start([...load("-"), ...more], { cwd });
      const end = ended(child);
      // More than a pipe holds: once it is written, most of it was read.
      const name = "A".repeat(1 << 18);
      await new Promise((done) =>
        child.stdin?.write(`{"type":"Item","data":{"slug":"a","name":"${name}","number":1}}\n`, done),
      );
      child.kill("SIGINT");
      const ran = await end;
      expect([ran.status, ran.out]).toEqual([130, ""]);
      expect(ran.err).toMatch(said);
      expect(treeOf(cwd)).toEqual(before);
    }
  });

  it("at whatever moment a load is interrupted, the folder is as it was or the load is there whole", async () => {
    const whole = `${ROWS}`;
    let before = treeOf(join(cwd, "g.omni"));
    let interrupted = 0;
    await ok(["init", "--schema", "s.pg", "whole.omni"], { cwd });
    const began = performance.now();
    await ok(["load", "--data", "items.jsonl", "--mode", "merge", "whole.omni"], { cwd });
    const wholeMs = performance.now() - began;
    for (const part of [0, 0.2, 0.4, 0.6, 0.8]) {
      const child = start(load("items.jsonl"), { cwd });
      const end = ended(child);
      // It has said where it loads to.
      if (child.stderr !== null) await once(child.stderr, "data");
      await sleep(part * wholeMs);
      child.kill("SIGINT");
      const ran = await end;
      const after = treeOf(join(cwd, "g.omni"));
      if (ran.status === 130 || ran.status === null) {
        interrupted++;
        if (ran.status === 130) {
          expect(filesOf(after, false)).toEqual(filesOf(before, false));
          // Once all is staged, another process may be about to publish it: then a commit says that nobody does.
          const commits = filesOf(after, true).length - filesOf(before, true).length;
          expect(commits === 0 || (commits === 1 && (await newestKind()) === "recovery")).toBe(true);
        }
      } else expect([ran.status, ran.err]).toEqual([0, expect.stringContaining("target")]);
      const out = await ok(
        [
          "query",
          "--store",
          "g.omni",
          "--format",
          "csv",
          "-e",
          "query q() { match { $i: Item } return { count($i) as n } }",
        ],
        { cwd },
      );
      expect(["0", whole]).toContain(out.split("\n")[1]);
      before = after;
    }
    expect(interrupted).toBeGreaterThan(0);
  });
});
