import { isError } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { type CommitId, MAIN_LOG_ID, type LogId } from "../address.ts";
import { MAIN, mayBeRecord, recordKey, recordOfKey, REFS_PREFIX } from "../branch/names.ts";
import { decodeRef, type RefRecord } from "../branch/ref-record.ts";
import type { LogFinding } from "./finding.ts";
import { listed } from "./inventory.ts";

/** A log that has, or had, the name of a branch. */
export interface NamedLog {
  readonly name: string;
  readonly logId: LogId;
  /** The commit that the branch was made at; null for main. */
  readonly fork: CommitId | null;
  /** Key of the record; null for main. */
  readonly key: string | null;
  /** Whether a later record says that the branch is deleted, or gives its name to another. */
  readonly isDeleted: boolean;
}

interface Checked {
  readonly logs: readonly NamedLog[];
  readonly findings: readonly LogFinding[];
}

/** Reads every record of every branch name, and checks that those of one name follow each other. */
export async function checkRecords(store: ObjectStore): Promise<Checked> {
  const numbers = new Map<string, number[]>();
  const findings: LogFinding[] = [];
  for await (const { key } of listed(store, REFS_PREFIX)) {
    const found = recordOfKey(key);
    if (found !== null) numbers.set(found.name, [...(numbers.get(found.name) ?? []), found.number]);
    else if (mayBeRecord(key)) findings.push(finding("record_damaged", key, key, "its name is no record's"));
    else
      findings.push({ kind: "object_unknown", key, problem: "it is no record", subject: { kind: "nobody" } });
  }
  const logs: NamedLog[] = [{ name: MAIN, logId: MAIN_LOG_ID, fork: null, key: null, isDeleted: false }];
  const owners = new Map<LogId, NamedLog>();
  for (const [name, taken] of numbers) {
    const checked = await checkName(store, name, new Set(taken));
    findings.push(...checked.findings);
    for (const log of checked.logs) {
      const other = owners.get(log.logId);
      // Which of them is in the place of another cannot be told.
      if (other !== undefined) findings.push(twice(log, other), twice(other, log));
      owners.set(log.logId, log);
      logs.push(log);
    }
  }
  return { logs, findings };
}

function twice({ name, key, logId }: NamedLog, other: NamedLog): LogFinding {
  return finding("record_wrong", name, key ?? "", `log ${logId} has the name ${other.name} too`);
}

async function checkName(store: ObjectStore, name: string, taken: ReadonlySet<number>): Promise<Checked> {
  const findings: LogFinding[] = [];
  const logs: NamedLog[] = [];
  const last = Math.max(...taken);
  let before: RefRecord | null = null;
  for (let number = 0; number <= last; number++) {
    const key = recordKey(name, number);
    const bytes = await store.get(key);
    if (bytes === null) {
      findings.push(
        finding(
          "record_missing",
          name,
          key,
          `record ${number} of ${name} is missing, and a later one is there`,
        ),
      );
      before = null;
      continue;
    }
    const record = readRecord(bytes, store, key, name, findings);
    if (record?.kind === "created") {
      logs.push({ name, logId: record.logId, fork: record.forkedFrom, key, isDeleted: false });
    } else if (record?.kind === "deleted") {
      if (number === 0 || (before !== null && before.logId !== record.logId))
        findings.push(
          finding(
            "record_wrong",
            name,
            key,
            `it deletes log ${record.logId}, which the record before it does not name`,
          ),
        );
      const deleted = logs.findIndex((log) => log.logId === record.logId);
      const log = logs[deleted];
      if (log !== undefined) logs[deleted] = { ...log, isDeleted: true };
    }
    before = record;
  }
  // A name is given again only once its branch is deleted, also where nobody has put the record that says so.
  const isEarlier = (log: NamedLog): boolean => log !== logs.at(-1);
  return { logs: logs.map((log) => (isEarlier(log) ? { ...log, isDeleted: true } : log)), findings };
}

function readRecord(
  bytes: Uint8Array,
  store: ObjectStore,
  key: string,
  name: string,
  findings: LogFinding[],
): RefRecord | null {
  try {
    return decodeRef(bytes, "read", placeOf(store, key));
  } catch (cause) {
    if (!isError(cause)) throw cause;
    const kind = cause.reason === "format_newer" ? "format_newer" : "record_damaged";
    findings.push(finding(kind, name, key, cause.message));
    return null;
  }
}

function finding(kind: LogFinding["kind"], name: string, key: string, problem: string): LogFinding {
  return { kind, key, problem, subject: { kind: "branch", name } };
}
