// The layer table of ARCHITECTURE.md: a package imports only from those above it; log and engine meet only in graph.
const allowed = {
  base: [],
  language: ["base"],
  wire: ["base", "language"],
  storage: ["base", "language"],
  log: ["base", "language", "storage"],
  engine: ["base", "language", "storage"],
  graph: ["base", "language", "wire", "storage", "log", "engine"],
  mcp: ["base", "language", "wire", "graph"],
  policy: ["base", "language", "graph"],
  cluster: ["base", "language", "wire", "storage", "graph", "policy"],
  server: ["base", "language", "wire", "graph", "mcp", "policy"],
  client: ["base", "wire", "graph"],
  cli: ["base", "language", "wire", "graph", "policy", "cluster", "server", "client"],
};
const layers = Object.keys(allowed);

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...layers.map((layer) => ({
      name: `layer-${layer}`,
      severity: "error",
      from: { path: `^packages/${layer}/src/`, pathNot: "\\.test\\.ts$" },
      to: {
        path: `^packages/(${layers.filter((l) => l !== layer && !allowed[layer].includes(l)).join("|")})/`,
      },
    })),
    { name: "no-circular", severity: "error", from: { pathNot: "node_modules" }, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "lancedb-behind-tables",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/storage/src/tables/" },
      to: { path: "lancedb" },
    },
    {
      name: "zod-behind-schemas",
      comment:
        "Nothing but the schemas of the wire, reading resolutions, and who reads calls of others loads zod.",
      severity: "error",
      from: {
        path: "^packages/",
        pathNot: "^packages/(graph/src/merge/resolutions\\.ts$|wire/src/schemas/|mcp/src/|server/src/)",
      },
      to: { path: "node_modules/zod/" },
    },
    {
      name: "resolutions-when-needed",
      comment: "Only a dynamic import keeps zod out of what every command loads.",
      severity: "error",
      from: { path: "^packages/", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/graph/src/merge/resolutions\\.ts$", dynamic: false },
    },
    {
      name: "schemas-when-needed",
      comment: "As of resolutions: whoever parses what is on the wire loads its schemas then.",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/(wire/src/schemas|mcp/src|server/src)/|\\.test\\.ts$" },
      to: { path: "^packages/wire/src/schemas/", dynamic: false },
    },
    {
      name: "wire-without-language",
      comment: "A client has the wire's types and encoders: of the languages they need types alone.",
      severity: "error",
      from: { path: "^packages/wire/src/" },
      to: { path: "^packages/language/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "client-without-library",
      comment: "Of the library a client has types alone: it runs where there is no Node.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: "\\.test\\.ts$" },
      to: {
        path: "^(packages/graph/|node:)|^(fs|path|crypto|http|https|stream|timers)(/|$)",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "cedar-behind-policy",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/policy/src/cedar\\.ts$" },
      to: { path: "@cedar-policy" },
    },
    {
      name: "agents-behind-mcp",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/mcp/src/" },
      to: { path: "@modelcontextprotocol" },
    },
    {
      name: "aws-behind-objects",
      severity: "error",
      from: { path: "^packages/", pathNot: "^packages/storage/src/objects/" },
      to: { path: "@aws-sdk" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    exclude: { path: "/dist/" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["omnigraph-source", "import", "require", "node", "default"],
    },
  },
};
