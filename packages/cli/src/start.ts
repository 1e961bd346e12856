import nodeModule from "node:module";
import { VERSION_TEXT } from "./version.ts";

const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === "version" || first === "--version" || first === "-v")) {
  // Answered before anything is loaded, since scripts call it often. A reader that does not wait is no error.
  process.stdout.on("error", () => undefined).write(VERSION_TEXT);
} else {
  // From Node 22.1 on compiled code is cached for the next process.
  if ("enableCompileCache" in nodeModule && typeof nodeModule.enableCompileCache === "function")
    nodeModule.enableCompileCache();
  void import("./main.ts");
}
