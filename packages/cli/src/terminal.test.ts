import { expect, test, vi } from "vitest";
import { processTerminal } from "./terminal.ts";

test("standard input is left alone until a command reads it: others may share the pipe behind it", () => {
  const asked = vi.spyOn(process, "stdin", "get");
  try {
    const terminal = processTerminal();
    expect(asked).not.toHaveBeenCalled();
    expect(terminal.input).toBe(process.stdin);
  } finally {
    asked.mockRestore();
  }
});
