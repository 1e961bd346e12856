// Reads the declarations of an entry of the package with API Extractor: the report of all that a program can name, and one file of declarations.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { ROOT } from "./published.mjs";

/** Where all that is public has words: what programs call, give and get. Stores and generated shapes are for those who build on them. */
const DOCUMENTED = /^packages\/(?:graph\/src|wire\/src\/answers|language\/src|base\/src\/errors)\//;

/** What must not be: a type that is named and not exported, a comment that tools misread. */
const REFUSED = { default: { logLevel: "warning" } };

/**
 * `{ complaints, changed, rollup }`: what is wrong with the declarations, whether the committed report says something else, and the one file of
 * declarations. With `update` the report is written anew. Needs what `tsc -b` built.
 */
export function extractInterface({ declarations, report }, { update = false } = {}) {
  const scratch = mkdtempSync(join(tmpdir(), "omnigraph-interface-"));
  try {
    const config = ExtractorConfig.prepare({
      configObject: configuration(resolve(ROOT, declarations), resolve(ROOT, report), scratch),
      configObjectFullPath: undefined,
      packageJsonFullPath: join(ROOT, "packages/graph/package.json"),
    });
    const complaints = [];
    const messageCallback = (message) => {
      message.handled = true;
      if (!["error", "warning"].includes(message.logLevel) || message.category === "console") return;
      const place = message.sourceFilePath?.replace(ROOT, "") ?? declarations;
      if (message.messageId === "ae-undocumented" && !DOCUMENTED.test(place)) return;
      complaints.push(`${place}:${message.sourceFileLine ?? 1} ${message.text} (${message.messageId})`);
    };
    const { apiReportChanged } = Extractor.invoke(config, { localBuild: update, messageCallback });
    return {
      complaints,
      changed: apiReportChanged,
      rollup: readFileSync(join(scratch, "rollup.d.ts"), "utf8"),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function configuration(declarations, report, scratch) {
  return {
    projectFolder: ROOT,
    mainEntryPointFilePath: declarations,
    bundledPackages: ["@omnigraph/*"],
    newlineKind: "lf",
    // What a program sees: the declarations of the packages, not their sources.
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: "es2023",
          lib: ["es2023", "esnext.disposable"],
          module: "nodenext",
          strict: true,
          skipLibCheck: true,
          types: ["node"],
          typeRoots: [join(ROOT, "node_modules/@types")],
        },
        files: [declarations],
      },
    },
    apiReport: {
      enabled: true,
      reportFolder: dirname(report),
      reportTempFolder: scratch,
      reportFileName: basename(report),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: true, untrimmedFilePath: join(scratch, "rollup.d.ts") },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: REFUSED,
      extractorMessageReporting: {
        ...REFUSED,
        // Everything that the index exports is public.
        "ae-missing-release-tag": { logLevel: "none" },
      },
      tsdocMessageReporting: REFUSED,
    },
  };
}
