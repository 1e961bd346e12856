import { VERSION_TEXT } from "./version.ts";

const first = process.argv[2];
if (first === "version" || first === "--version" || first === "-v") {
  // Answered before anything is loaded: scripts ask for it often.
  process.stdout.write(VERSION_TEXT);
} else {
  const { run } = await import("./program.ts");
  process.exitCode = await run(process.argv.slice(2));
}
