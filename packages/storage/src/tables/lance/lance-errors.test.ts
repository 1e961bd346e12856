import { OmnigraphError } from "@omnigraph/base";
import { expect, test } from "vitest";
import { lanceError } from "./lance-errors.ts";

/** Of the machine that built Lance, with a user of ours for what else such paths give away. */
const BUILT = "/usr/local/cargo/registry/src/index.crates.io-1949/lance-io-12.0.0/src/object_store.rs:984:21";
const ADDRESS = { folder: "/data/g.omni/tables/01A", name: "01B" };

function io(words: string): string {
  return `lance error: LanceError(IO): ${words}, ${BUILT}  Caused by: LanceError(IO): ${words}, ${BUILT}    Caused by: ${words}`;
}

function s3(inner: string): string {
  return `Invalid input, Failed to connect to namespace: IO { source: Generic { store: "S3", source: ListRequest { source: RetryError(RetryErrorImpl { method: GET, uri: Some(http://127.0.0.1:9000/b403?prefix=x), retries: 1, max_retries: 1, inner: ${inner} }) } }, location: Location { file: "${BUILT}" } }`;
}

function answered(status: number, code: string): string {
  return s3(
    `Status { status: ${status}, body: Some("<?xml version=\\"1.0\\"?><Error><Code>${code}</Code></Error>") }`,
  );
}

/** The texts of lancedb 0.31 for what befell it: a full tmpfs, one mounted read-only, folders of others, a limit of sizes, an S3 server that refuses. */
const TEXTS: readonly (readonly [string, string, string, string | undefined])[] = [
  [io("No space left on device (os error 28)"), "store_full", "no room left", "ENOSPC"],
  [io("File too large (os error 27)"), "store_full", "no room left", "EFBIG"],
  [io("Disk quota exceeded (os error 122)"), "store_full", "no room left", "EDQUOT"],
  [io("Read-only file system (os error 30)"), "store_denied", "read-only file system", "EROFS"],
  [
    `Unable to created lance dataset at /data/g.omni: Read-only file system (os error 30)  Caused by: Read-only file system (os error 30)`,
    "store_denied",
    "read-only file system",
    "EROFS",
  ],
  [io("Permission denied (os error 13)"), "store_denied", "check the permissions", "EACCES"],
  [
    `Invalid input, Failed to connect to namespace: IO { source: UnableToWalkDir { source: Error { inner: Io { path: Some("/data/g.omni/__manifest"), err: Os { code: 13, kind: PermissionDenied, message: "Permission denied" } } } }, location: Location { file: "${BUILT}" } }`,
    "store_denied",
    "check the permissions",
    "EACCES",
  ],
  [io("Input/output error (os error 5)"), "store_transient", "repeat the call", "EIO"],
  [answered(403, "AccessDenied"), "store_denied", "credentials", undefined],
  [answered(503, "SlowDown"), "store_transient", "repeat the call", undefined],
  [answered(507, "QuotaExceeded"), "store_full", "no room left", undefined],
  [answered(400, "XMinioStorageFull"), "store_full", "no room left", undefined],
  [answered(404, "NoSuchKey"), "table_version_missing", "is gone", undefined],
  [answered(404, "NoSuchBucket"), "store_transient", "repeat the call", undefined],
  [
    s3(
      `Http(HttpError { kind: Connect, source: ConnectError("tcp connect error", 127.0.0.1:9000, Os { code: 111, kind: ConnectionRefused, message: "Connection refused" }) })`,
    ),
    "store_transient",
    "repeat the call",
    undefined,
  ],
  [
    `Table '01B' was not found  Caused by: Dataset at path data/g.omni/tables/01A/01B.lance was not found: Not found: data/g.omni/tables/01A/01B.lance/_versions, ${BUILT}`,
    "table_version_missing",
    "is gone",
    undefined,
  ],
  ["something new", "store_transient", "repeat the call", undefined],
];

test.each(TEXTS)("a failure of Lance has a reason and a text of ours: %s", (text, reason, what, errno) => {
  const cause = new Error(text);
  const error = lanceError(cause, ADDRESS);
  expect(error).toMatchObject({ reason, details: { place: "/data/g.omni/tables/01A/01B.lance" } });
  expect(error.details["errno"]).toBe(errno);
  expect(error.message).toContain("/data/g.omni/tables/01A/01B.lance");
  expect(error.message).toContain(what);
  expect(error.message).not.toMatch(/cargo|\.rs\b|LanceError|os error|Caused by/);
  expect(error.cause).toBe(cause);
});

test("names of folders do not decide the reason of a failure", () => {
  for (const name of [
    "quota",
    "403",
    "forbidden",
    "Not found: it",
    "no space left on device",
    "x (os error 28)",
  ]) {
    const folder = `/srv/${name}/tables/01A`;
    const path = `${folder}/01B.lance`;
    for (const [text, reason] of [
      [io(`Input/output error (os error 5), ${path}`), "store_transient"],
      [`Encountered corrupt file ${path.slice(1)}: unexpected end, ${BUILT}`, "store_transient"],
      [io(`Permission denied (os error 13), ${path}`), "store_denied"],
    ] as const)
      expect(lanceError(new Error(text), { folder, name: "01B" }).reason, `${name}: ${text}`).toBe(reason);
  }
});

test("our own errors pass unchanged", () => {
  const own = new OmnigraphError("object_corrupt", "ours");
  expect(lanceError(own, ADDRESS)).toBe(own);
});
