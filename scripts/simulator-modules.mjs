import { fileURLToPath } from "node:url";
import { createServer, defaultServerConditions } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CONDITIONS = ["omnigraph-source", ...defaultServerConditions.filter((name) => name !== "module")];

/** The modules of tests/simulator as the test suite has them: from the sources. */
export async function loadSimulator() {
  const server = await createServer({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    appType: "custom",
    // What this Node lacks, `using` say, is lowered.
    esbuild: { target: `node${process.versions.node}` },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    resolve: { conditions: CONDITIONS },
    ssr: { resolve: { conditions: CONDITIONS }, noExternal: [/^@omnigraph\//, "omnigraph"] },
  });
  return {
    load: (file) => server.ssrLoadModule(`${ROOT}tests/simulator/${file}`),
    close: () => server.close(),
  };
}
