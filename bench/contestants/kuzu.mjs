import { createReadStream, createWriteStream } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import kuzu from "kuzu";
import { CYPHER } from "../workloads.mjs";
import { serve } from "./serve.mjs";

let connection;
const prepared = new Map();

serve({
  async load(file, folder) {
    const users = createWriteStream(join(folder, "users.csv"));
    const follows = createWriteStream(join(folder, "follows.csv"));
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const { type, data, from, to } = JSON.parse(line);
      if (type) users.write(`${data.handle},${data.age},${data.score},${data.city},${data.joined}\n`);
      else follows.write(`${from},${to},${data.weight}\n`);
    }
    users.end();
    follows.end();
    await Promise.all([once(users, "close"), once(follows, "close")]);
    const began = performance.now();
    connection = new kuzu.Connection(new kuzu.Database(join(folder, "rival.kuzu")), 2);
    await connection.query(
      "CREATE NODE TABLE Users (handle STRING PRIMARY KEY, age INT32, score DOUBLE, city STRING, joined DATE)",
    );
    await connection.query("CREATE REL TABLE Follows (FROM Users TO Users, weight DOUBLE)");
    await connection.query(`COPY Users FROM '${join(folder, "users.csv")}'`);
    await connection.query(`COPY Follows FROM '${join(folder, "follows.csv")}'`);
    return performance.now() - began;
  },
  async ask(workload, handle) {
    if (!prepared.has(workload)) prepared.set(workload, await connection.prepare(CYPHER[workload]));
    const result = await connection.execute(
      prepared.get(workload),
      typeof handle !== "string" ? {} : { h: handle },
    );
    const rows = await result.getAll();
    result.close();
    return rows;
  },
});
