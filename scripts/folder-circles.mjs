// Finds circles between sibling folders of a package: folders that import each other, directly or through others. Files beside the folders are ignored,
// so that a folder may have its entry points above it. Tests may import anything.

/** Whether a module takes part: a source of a package that is no test. */
const SOURCE = /^packages\/([^/]+)\/src\/(.+)$/;
const TEST = /\.(test|contract)\.ts$/;

/** One circle as a line, `place: folder, folder`, sorted; a place is a package or a folder of one, such as `engine/query`. */
export function folderCircles(modules) {
  const circles = [];
  for (const [place, imports] of importsBetweenFolders(modules)) {
    const seen = new Set();
    for (const folder of imports.keys()) {
      if (seen.has(folder)) continue;
      const reached = reachedFrom(folder, imports);
      const circle = [...reached].filter((other) => reachedFrom(other, imports).has(folder)).toSorted(byName);
      for (const member of circle) seen.add(member);
      if (circle.length > 0) circles.push(`${place}: ${circle.join(", ")}`);
    }
  }
  return circles.toSorted(byName);
}

/** Of each place which of its folders import which others. */
function importsBetweenFolders(modules) {
  const places = new Map();
  for (const { source, dependencies } of modules) {
    const from = folderOf(source);
    if (from === null) continue;
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved);
      if (to === null || to[0] !== from[0]) continue;
      const shared = from.findIndex((name, depth) => name !== to[depth]);
      // One stands in or above the folder of the other.
      if (shared < 0 || shared >= to.length) continue;
      const imports = entry(places, from.slice(0, shared).join("/"), () => new Map());
      entry(imports, from[shared], () => new Set()).add(to[shared]);
    }
  }
  return places;
}

/** The package and the folders that a source stands in; null for what is no source. */
function folderOf(path) {
  const match = SOURCE.exec(path);
  return match === null || TEST.test(path) ? null : [match[1], ...match[2].split("/").slice(0, -1)];
}

/** What a folder imports, directly or through others; itself only where a way leads back. */
function reachedFrom(folder, imports) {
  const reached = new Set();
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const next of imports.get(at) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  return reached;
}

function entry(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

function byName(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
