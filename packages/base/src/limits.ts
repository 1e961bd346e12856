/** One default or limit; `docs/reference/limits.md` is generated from the table. */
export interface Limit {
  readonly value: number;
  readonly unit: string;
  readonly meaning: string;
}

/** Every default and limit of the system. */
export const LIMITS = {
  sourceBytes: { value: 4 << 20, unit: "bytes", meaning: "Largest schema or query source that is parsed." },
  nestingDepth: {
    value: 64,
    unit: "levels",
    meaning: "Deepest nesting of brackets in a source or a JSON text.",
  },
  diagnostics: { value: 100, unit: "entries", meaning: "Most diagnostics reported for one source." },
  loadProblems: { value: 100, unit: "entries", meaning: "Most problems of a load reported together." },
  inlineBytes: {
    value: 4 << 20,
    unit: "bytes",
    meaning: "Most bytes of rows that a commit carries; larger ones are staged as tables.",
  },
  inlineRows: {
    value: 20_000,
    unit: "rows",
    meaning: "Most rows carried inside a commit; more are staged as tables.",
  },
  blobBytes: {
    value: 128 << 20,
    unit: "bytes",
    meaning: "Largest content of a Blob, without base64.",
  },
  groupCommits: { value: 32, unit: "commits", meaning: "Most commits of one process in one put." },
  idempotencyWindow: { value: 4096, unit: "slots", meaning: "How far back a repeated op is recognised." },
  writeAttempts: {
    value: 64,
    unit: "attempts",
    meaning: "How often a write is evaluated or put again before too_contended.",
  },
  putDeadlineMs: {
    value: 30_000,
    unit: "ms",
    meaning: "How long a put without an answer is tried before outcome_unknown.",
  },
  queryDeadlineMs: { value: 300_000, unit: "ms", meaning: "Default deadline of a query." },
  queryMemoryBytes: {
    value: 1 << 30,
    unit: "bytes",
    meaning:
      "Most intermediate memory of one query; rows that are sorted, grouped or answered go to disk long before.",
  },
  memoryBytes: {
    value: 2 ** 32,
    unit: "bytes",
    meaning: "Budget of derived structures in memory (OMNIGRAPH_MEMORY).",
  },
  branchNameBytes: { value: 200, unit: "bytes", meaning: "Longest branch name." },
  commitCacheBytes: {
    value: 32 << 20,
    unit: "bytes",
    meaning: "Commit objects kept decoded in memory, by their stored size.",
  },
  digestObjectBytes: {
    value: 256 << 10,
    unit: "bytes",
    meaning: "Largest commit object that a digest of its block holds; larger ones are read from their slots.",
  },
  digestCommitFingerprints: {
    value: 1024,
    unit: "entities",
    meaning:
      "Most entities of one commit that a digest tells apart; a search looks at larger commits themselves.",
  },
  digestFingerprints: {
    value: 1 << 18,
    unit: "entities",
    meaning:
      "Most changed entities that one digest of 4096 slots holds; a search looks at later commits themselves.",
  },
  changesPage: {
    value: 1000,
    unit: "changes",
    meaning: "Changes in one page of a commit or of the feed, where the caller names no limit.",
  },
  changesPageMost: {
    value: 10_000,
    unit: "changes",
    meaning: "Most changes in one page of a commit or of the feed.",
  },
  commitsPage: {
    value: 100,
    unit: "commits",
    meaning: "Commits in one page of a branch's list, where the caller names no limit.",
  },
  commitsPageMost: {
    value: 10_000,
    unit: "commits",
    meaning: "Most commits in one page of a branch's list.",
  },
  pinExpiryMs: {
    value: 600_000,
    unit: "ms",
    meaning: "How long a claim on a commit keeps it from cleanup after its owner was last heard of.",
  },
  cleanupGraceMs: {
    value: 3_600_000,
    unit: "ms",
    meaning: "How long cleanup waits between finding something unneeded and removing it.",
  },
  indexRows: {
    value: 10_000,
    unit: "rows",
    meaning: "Rows of a table from which optimize gives it indexes, for other engines.",
  },
  foldSlots: {
    value: 1024,
    unit: "slots",
    meaning: "Slots after the last fold of a branch from which it is folded in the background.",
  },
  foldRows: {
    value: 100_000,
    unit: "rows",
    meaning:
      "Rows that a handle commits to a branch after the last fold, from which it is folded in the background.",
  },
  foldTables: {
    value: 16,
    unit: "tables",
    meaning:
      "Staged writes of a handle to a branch after the last fold, from which it is folded in the background.",
  },
  foldQuietSlots: {
    value: 64,
    unit: "slots",
    meaning:
      "Slots after the last fold of a branch from which it is folded once nothing was written for foldQuietMs.",
  },
  foldQuietMs: {
    value: 2000,
    unit: "ms",
    meaning: "How long a branch is left alone before a fold of few slots.",
  },
  fsckFindings: {
    value: 1000,
    unit: "findings",
    meaning: "Most findings in the answer of fsck; all are told one by one as they are found.",
  },
  fsckRowProblems: {
    value: 100,
    unit: "problems",
    meaning: "Most problems with the rows of one type that fsck tells of one branch.",
  },
  httpBodyBytes: { value: 1 << 20, unit: "bytes", meaning: "Largest JSON body of a call over HTTP." },
  httpLoadBytes: {
    value: 32 << 20,
    unit: "bytes",
    meaning: "Largest JSON body of a load over HTTP; as NDJSON it may be of any size.",
  },
  httpWrites: {
    value: 16,
    unit: "writes",
    meaning: "Most writes of one actor that a server works on at once.",
  },
  httpWriteBytes: {
    value: 2 ** 32,
    unit: "bytes",
    meaning: "Most bytes of bodies of one actor's writes that a server works on at once.",
  },
  httpBodyMs: {
    value: 30_000,
    unit: "ms",
    meaning: "How long the headers of a call over HTTP may take to arrive, and its JSON body.",
  },
  httpIdleMs: {
    value: 60_000,
    unit: "ms",
    meaning: "How long a stream of NDJSON may stand still, in either direction.",
  },
  httpStopMs: {
    value: 30_000,
    unit: "ms",
    meaning: "How long a server that is stopping waits for the calls that it has accepted.",
  },
  httpPollMs: {
    value: 500,
    unit: "ms",
    meaning: "How long a stream of changes waits before it looks for new commits again.",
  },
  httpHeartbeatMs: {
    value: 15_000,
    unit: "ms",
    meaning: "How long a stream of changes may have nothing to say before it says that it lives.",
  },
  httpCompressBytes: {
    value: 1024,
    unit: "bytes",
    meaning: "Smallest answer over HTTP that is compressed for whoever takes it so.",
  },
  httpWatchMs: {
    value: 2000,
    unit: "ms",
    meaning: "How often a server looks whether its tokens, policies, queries or certificate changed.",
  },
  clusterWatchMs: {
    value: 450,
    unit: "ms",
    meaning:
      "The same for a server of a cluster. What it looks at counts once it was read alike twice, so a deployment is served within a second.",
  },
  agentAnswerBytes: {
    value: 96 << 10,
    unit: "bytes",
    meaning: "Largest answer of a tool or a resource to an agent; a larger one is refused.",
  },
  messageBytes: { value: 64 << 10, unit: "bytes", meaning: "Longest commit message." },
  actorBytes: { value: 1 << 10, unit: "bytes", meaning: "Longest name of an actor." },
  opBytes: { value: 1 << 10, unit: "bytes", meaning: "Longest op (idempotency key)." },
} as const satisfies Readonly<Record<string, Limit>>;
