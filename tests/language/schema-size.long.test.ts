import { checkSchema } from "@omnigraph/language";
import { expect, test } from "vitest";
import { cpuMs } from "../support/running/cpu-time.ts";

const MEGABYTE = 1 << 20;
const long: readonly (readonly [name: string, text: string])[] = [
  ...' \n/*"\\({[)}]@:,.-a0_N?>é🙂'
    .split("")
    .map((c) => [`1 MB of ${JSON.stringify(c)}`, c.repeat(MEGABYTE)] as const),
  ["a name without end", `node A { ${"x".repeat(MEGABYTE)}: Strin }`],
  ["an open string", `node A { x: String @y("${"z".repeat(MEGABYTE)} }`],
  ["an open comment", `node A { /*${"/*".repeat(MEGABYTE / 2)} }`],
  ["blanks between tokens", `node A${" ".repeat(MEGABYTE)}{ x: I32${"\n".repeat(MEGABYTE)}? @key `],
  ["annotations", `node A ${"@x(1) ".repeat(MEGABYTE / 6)} {} }`],
  ["properties", `node A { ${Array.from({ length: 60_000 }, (_, i) => `p${i}: I32?`).join("\n")} } }`],
  ["unknown ends", Array.from({ length: 30_000 }, (_, i) => `edge E${i}: A${i} -> B${i}`).join("\n")],
  ["members of a key", `node A { @key(${Array.from({ length: 80_000 }, (_, i) => `p${i}`).join(",")}) }`],
  [
    "patterns",
    `node A { x: String ${Array.from({ length: 3000 }, (_, i) => `@check(x, "${i}${"y{1000}".repeat(30)}")`).join(" ")} }`,
  ],
  [
    "multiplying interfaces",
    `${Array.from({ length: 300 }, (_, i) => `interface I${i} { ${Array.from({ length: 50 }, (_, j) => `p${i}_${j}: I32`).join(" ")} }`).join("\n")} ${Array.from({ length: 300 }, (_, i) => `node N${i} implements ${Array.from({ length: 300 }, (_, j) => `I${j}`).join(", ")} {}`).join("\n")}`,
  ],
];

// The bound is far above what a linear pass needs on a slow machine, and far below what a quadratic one needs.
test.each(long)("%s is judged in linear time", (_, text) => {
  const began = cpuMs();
  const { diagnostics, catalog } = checkSchema({ file: "s.pg", text });
  expect(cpuMs() - began).toBeLessThan(15_000);
  expect(catalog === null).toBe(diagnostics.length > 0);
});
