// The declarations of a module and of all that it names, with one package's folder beside another's.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

const IMPORT = /(?<before>\bfrom |\bimport\()"(?<specifier>(?:\.|@omnigraph\/)[^"]*)"/g;

/** Declarations that `entry` reaches (`graph/index.d.ts`), path to text; they import each other by relative paths alone. */
export function declarations(packages, entry) {
  const found = new Map();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const [owner, ...rest] = path.split("/");
    const text = readFileSync(join(packages, owner, "dist", ...rest), "utf8");
    const from = posix.dirname(path);
    const linked = text.replaceAll(IMPORT, (...match) => {
      const { before, specifier } = match.at(-1);
      const target = targetOf(packages, from, specifier);
      waiting.push(target);
      const near = posix.relative(from, target).replace(/\.d\.ts$/, ".js");
      return `${before}"${near.startsWith(".") ? near : `./${near}`}"`;
    });
    found.set(path, linked.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n")); // the maps lead to sources that are not there
  }
  return found;
}

/** The declaration that an import means: `owner/path.d.ts`. */
function targetOf(packages, from, specifier) {
  if (specifier.startsWith(".")) return posix.join(from, specifier).replace(/\.[jt]s$/, ".d.ts");
  const [, owner, inside] = /^@omnigraph\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  const { exports } = JSON.parse(readFileSync(join(packages, owner, "package.json"), "utf8"));
  return posix.join(owner, exports[`.${inside ?? ""}`].types.replace("./dist/", ""));
}
