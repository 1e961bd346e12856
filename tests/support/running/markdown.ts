import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of the work tree. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** One-based line of its first line. */
  readonly line: number;
}

/** The fenced code blocks of a Markdown file, those under one `## heading` when it is given. */
export function codeBlocks(path: string, heading?: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let section = "";
  let open: { language: string; line: number; lines: string[] } | null = null;
  readFileSync(`${ROOT}${path}`, "utf8")
    .split("\n")
    .forEach((line, i) => {
      const fence = /^```(\S*)/.exec(line);
      if (open !== null) {
        if (fence === null) return void open.lines.push(line);
        if (heading === undefined || section === heading)
          blocks.push({ language: open.language, text: open.lines.join("\n"), line: open.line });
        open = null;
      } else if (fence !== null) open = { language: fence[1] ?? "", line: i + 2, lines: [] };
      else if (line.startsWith("## ")) section = line.slice(3);
    });
  return blocks;
}
