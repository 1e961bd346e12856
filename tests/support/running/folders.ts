import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A fresh folder that is removed after the tests of the file. */
export function testFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `omnigraph-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file and folder below a folder with a digest of its content, by path: two are equal where the folders are byte for byte. */
export function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const at = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        tree[`${at}/`] = "";
        walk(at);
      } else if (entry.isSymbolicLink()) tree[at] = readlinkSync(join(folder, at));
      else
        tree[at] = createHash("sha256")
          .update(readFileSync(join(folder, at)))
          .digest("hex");
    }
  };
  walk("");
  return tree;
}
