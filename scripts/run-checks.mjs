// Every check and both parts of the test suite, with true counts. `--no-tests` leaves the tests to the caller.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const checks = [
  ["format", "npx", ["oxfmt", "--check", "."]],
  ["lint", "npx", ["oxlint", "--type-aware", "--deny-warnings"]],
  ["types", "npx", ["tsc", "-b"]],
  ["types of tests", "npx", ["tsc", "-p", "tests/tsconfig.json"]],
  ["layers", "node", ["scripts/check-layers.mjs"]],
  ["dead code", "npx", ["knip", "--no-progress"]],
  [
    "code that only tests call",
    "npx",
    ["knip", "--production", "--config", "knip.production.json", "--no-progress"],
  ],
  ["public interface", "node", ["scripts/check-interface.mjs"]],
  ["generated files", "node", ["scripts/check-generated.mjs"]],
];

let passed = 0;
let failed = 0;
/** What failed, told once more at the end: who looks at the last lines of a long output sees it. */
const failures = [];
for (const [name, command, args] of checks) {
  const began = Date.now();
  const run = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  const ok = run.status === 0;
  if (ok) passed++;
  else {
    failed++;
    failures.push(String(name));
  }
  console.log(`${ok ? "ok  " : "FAIL"} ${String(name)} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (!ok) console.log([run.stdout, run.stderr].join("").slice(-8000));
}

/** The failed tests of a file with the first lines of why; or why the file could not be run. */
function failuresOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (status === "failed" && failed.length === 0) return [`${name}: ${message}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages.join("\n").slice(0, 600)}`,
  );
}

/** Runs one command of package.json that runs tests, and counts them. */
function test(script) {
  const report = "node_modules/.cache/test-report.json";
  rmSync(report, { force: true });
  const options = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const run = spawnSync("npm", ["run", script, "--", ...options], { stdio: "inherit" });
  try {
    const { numPassedTests, numFailedTests, numTotalTestSuites, success, testResults } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    failures.push(...testResults.flatMap(failuresOf));
    passed += numPassedTests;
    failed += numFailedTests;
    if (numTotalTestSuites === 0 || ((run.status !== 0 || !success) && numFailedTests === 0)) failed++;
  } catch (error) {
    console.error(`npm run ${script} left no report: ${error.message}`);
    failed++;
  }
}

if (!process.argv.includes("--no-tests")) for (const script of ["test", "test:long"]) test(script);
for (const failure of failures) console.log(`FAIL ${String(failure)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
