import type { FindingClass, FsckSeverity } from "@omnigraph/wire";

interface FindingEntry {
  readonly severity: FsckSeverity;
  readonly advice: string;
}

const RESTORE = "restore the object from a backup";
/** What `repair` takes from a copy, once the chain of checksums has proved that it is the same. */
const REPAIR = "repair it from a backup: repair with from (--from)";
const COPY = `${RESTORE}, or, where this is a copy that was made while the graph was written, copy the graph again`;

/** How severe each class of findings is, and what to do about it. */
export const CLASSES: Readonly<Record<FindingClass, FindingEntry>> = {
  format_damaged: {
    severity: "error",
    advice: "repair brings it back, from the first commit or from a copy (from, --from)",
  },
  format_newer: { severity: "error", advice: "upgrade omnigraph: this version cannot check the object" },
  record_damaged: { severity: "error", advice: `${REPAIR}, or remove what does not belong there` },
  record_missing: { severity: "error", advice: REPAIR },
  record_wrong: { severity: "error", advice: RESTORE },
  slot_missing: { severity: "error", advice: REPAIR },
  slot_damaged: { severity: "error", advice: REPAIR },
  slot_of_other_graph: {
    severity: "error",
    advice: "the file was copied from another graph: restore the right one from a backup",
  },
  chain_broken: { severity: "error", advice: COPY },
  commit_wrong: {
    severity: "error",
    advice:
      "the object is whole, so other software or a fault wrote it: keep the graph as it is, and report it",
  },
  layout_damaged: { severity: "error", advice: COPY },
  schema_damaged: { severity: "error", advice: COPY },
  table_missing: { severity: "error", advice: COPY.replace("object", "table") },
  table_damaged: { severity: "error", advice: "restore the table from a backup" },
  table_changed: {
    severity: "warning",
    advice:
      "repair shows the rows that differ: repair with confirm writes the table anew without what others wrote, and with force takes that over first",
  },
  table_rewritten: {
    severity: "note",
    advice: "nothing: others wrote the same rows anew, and the graph reads the version that it has published",
  },
  tombstones_damaged: { severity: "error", advice: RESTORE },
  blob_damaged: { severity: "error", advice: RESTORE },
  rows_wrong: {
    severity: "error",
    advice:
      "the tables and commits are whole, so a fault wrote the rows: export the branch, keep the graph as it is, and report it",
  },
  column_file_damaged: { severity: "warning", advice: "nothing is lost: the table has the same rows" },
  index_damaged: {
    severity: "warning",
    advice:
      "nothing is lost: the table has the same rows. Other engines may find too few of them by the index until they drop it; the next fold of the type writes the table anew",
  },
  retention_damaged: { severity: "error", advice: RESTORE },
  // A pin is put relaxed: power loss may take its bytes, and has taken its owner.
  pin_damaged: { severity: "note", advice: "nothing: it expires, and cleanup removes it" },
  digest_damaged: { severity: "warning", advice: "nothing is lost: remove it, and it is written again" },
  table_unnamed: { severity: "note", advice: "nothing: a write that ended before its commit left it behind" },
  log_unnamed: { severity: "note", advice: "nothing: nobody reads it" },
  intent_pending: { severity: "note", advice: "nothing: a write is going on, or its process died" },
  intent_damaged: {
    severity: "warning",
    advice: "nothing waits for it: remove it once nobody needs to know what it was",
  },
  object_unknown: {
    severity: "note",
    advice: "nothing: omnigraph does not read it; remove it if nobody else needs it",
  },
};
