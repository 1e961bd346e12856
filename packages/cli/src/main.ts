import { run, surrender } from "./program.ts";

const argv = process.argv.slice(2);
process.once("uncaughtException", (thrown) => void surrender(thrown, argv));
process.exitCode = await run(argv);
