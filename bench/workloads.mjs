// What is measured: its question in .gq, whether it takes a handle, and which rivals it is compared with.
const hop = (k) =>
  `query q($h: String) { match { $a: User { handle: $h } $a follows{1,${k}} $b } return { count($b) as n } }`;

export const WORKLOADS = {
  lookup: {
    title: "look-up by key, prepared",
    keyed: true,
    gq: "query q($h: String) { match { $u: User { handle: $h } } return { $u.age as age, $u.city as city } }",
    rivals: ["sqlite", "duckdb", "kuzu"],
  },
  hop1: { title: "1 hop, distinct", keyed: true, gq: hop(1), rivals: ["sqlite", "duckdb", "kuzu", "csr"] },
  hop2: { title: "2 hops, distinct", keyed: true, gq: hop(2), rivals: ["sqlite", "duckdb", "kuzu", "csr"] },
  hop3: { title: "3 hops, distinct", keyed: true, gq: hop(3), rivals: ["sqlite", "duckdb", "kuzu", "csr"] },
  top: {
    title: "top 10 by in-degree",
    gq: "query q() { match { $a: User $a follows $b } return { $b.handle as handle, count($a) as n } order { n desc, handle } limit 10 }",
    rivals: ["sqlite", "duckdb", "kuzu", "csr"],
  },
  average: {
    title: "average over a hop, by city",
    gq: "query q() { match { $a: User $a follows $b } return { $a.city as city, avg($b.age) as mean } order { city } }",
    rivals: ["sqlite", "duckdb", "kuzu"],
  },
  paths: {
    title: "count of all 2-paths",
    gq: "query q() { match { $a: User $a follows $b $b follows $c } return { count($c) as n } }",
    rivals: ["sqlite", "duckdb", "kuzu", "csr"],
  },
};

/** Distinct ends of the paths of 1 to k edges, without the start; takes the handle k + 1 times. */
const hopsSql = (k) => {
  const ends = Array.from({ length: k }, (_, i) => {
    const joins = Array.from(
      { length: i },
      (_unused, j) => ` JOIN follows f${j + 1} ON f${j + 1}.src = f${j}.dst`,
    ).join("");
    return `SELECT f${i}.dst AS id FROM follows f0${joins} WHERE f0.src = ?`;
  });
  return `SELECT count(*) AS n FROM (${ends.join(" UNION ")}) WHERE id <> ?`;
};

/** Parameters of a question in SQL. */
export const sqlArguments = (workload, handle) => {
  if (handle === undefined || handle === null) return [];
  return workload.startsWith("hop") ? Array(Number(workload[3]) + 1).fill(handle) : [handle];
};

/** The same questions in SQL. */
export const SQL = {
  lookup: "SELECT age, city FROM users WHERE handle = ?",
  hop1: hopsSql(1),
  hop2: hopsSql(2),
  hop3: hopsSql(3),
  top: "SELECT dst AS handle, count(*) AS n FROM follows GROUP BY dst ORDER BY n DESC, dst LIMIT 10",
  average:
    "SELECT a.city AS city, avg(b.age) AS mean FROM follows f JOIN users a ON a.handle = f.src JOIN users b ON b.handle = f.dst GROUP BY a.city ORDER BY a.city",
  paths: "SELECT count(*) AS n FROM follows f JOIN follows g ON g.src = f.dst",
};

const hopsCypher = (k) =>
  `MATCH (a:Users {handle: $h})-[:Follows*1..${k}]->(b:Users) WHERE b.handle <> $h RETURN count(DISTINCT b.handle) AS n`;

export const CYPHER = {
  lookup: "MATCH (u:Users {handle: $h}) RETURN u.age AS age, u.city AS city",
  hop1: hopsCypher(1),
  hop2: hopsCypher(2),
  hop3: hopsCypher(3),
  top: "MATCH (:Users)-[:Follows]->(b:Users) RETURN b.handle AS handle, count(*) AS n ORDER BY n DESC, handle LIMIT 10",
  average: "MATCH (a:Users)-[:Follows]->(b:Users) RETURN a.city AS city, avg(b.age) AS mean ORDER BY city",
  paths: "MATCH (:Users)-[:Follows]->(:Users)-[:Follows]->(:Users) RETURN count(*) AS n",
};
