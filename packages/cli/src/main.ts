import { VERSION_TEXT } from "./version.ts";

const [, , first, ...rest] = process.argv;
if (rest.length === 0 && (first === "version" || first === "--version" || first === "-v")) {
  // Answered before anything is loaded: scripts ask for it often. One that does not wait for the answer ends it.
  process.stdout.on("error", () => undefined).write(VERSION_TEXT);
} else {
  const { run, surrender } = await import("./program.ts");
  const argv = process.argv.slice(2);
  process.once("uncaughtException", (thrown) => void surrender(thrown, argv));
  process.exitCode = await run(argv);
}
