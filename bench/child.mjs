import { execFileSync, fork, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

// Processes that answer calls: contestants, one each.
const here = dirname(fileURLToPath(import.meta.url));
const DOLTLITE = "doltlite==0.51.3";

/** Calls that wait for their answers. `send` passes a request on. */
class Calls {
  #waiting = new Map();
  #last = 0;

  constructor(name) {
    this.name = name;
  }

  answered({ id, value, error }) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(`${this.name}: ${error}`));
  }

  ended(code) {
    this.#waiting.forEach(({ reject }) => reject(new Error(`${this.name} exited with ${code}`)));
  }

  caller(send) {
    return (call, ...args) =>
      new Promise((resolve, reject) => {
        this.#waiting.set(++this.#last, { resolve, reject });
        send({ id: this.#last, call, args });
      });
  }
}

/** A contestant in Node: the function that calls it. */
export function startNode(name, file, args = []) {
  const child = fork(join(here, file), args, { execArgv: ["--expose-gc"] });
  const calls = new Calls(name);
  child.on("message", (answer) => calls.answered(answer));
  child.on("exit", (code) => calls.ended(code));
  return calls.caller((request) => child.send(request));
}

/** A contestant in Python, which answers by lines. Its library is installed into a virtual environment of its own the first time. */
export function startPython(name, file) {
  const folder = join(here, "node_modules", ".doltlite");
  const python = join(folder, "bin", "python");
  if (!existsSync(join(folder, "ready"))) {
    execFileSync("python3", ["-m", "venv", folder], { stdio: "inherit" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", DOLTLITE], { stdio: "inherit" });
    execFileSync(python, ["-c", `import doltlite; open(r"${join(folder, "ready")}", "w").close()`]);
  }
  const child = spawn(python, [join(here, file)], { stdio: ["pipe", "pipe", "inherit"] });
  const calls = new Calls(name);
  createInterface({ input: child.stdout }).on("line", (line) => calls.answered(JSON.parse(line)));
  child.on("exit", (code) => calls.ended(code));
  return calls.caller((request) => child.stdin.write(`${JSON.stringify(request)}\n`));
}
