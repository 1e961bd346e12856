// Words of the wire: the schemas take these and no others, and so do the decoders, which load no schemas.

/** What made a commit. */
export const COMMIT_KINDS = [
  "genesis",
  "mutation",
  "load",
  "merge",
  "schema",
  "maintenance",
  "recovery",
  "revert",
  "seal",
] as const;

export const ENTITY_KINDS = ["node", "edge"] as const;

export const CHANGE_OPERATIONS = ["insert", "update", "delete"] as const;

export const LOAD_MODES = ["append", "merge", "overwrite"] as const;

export const MERGE_OUTCOMES = ["already_up_to_date", "fast_forward", "merged"] as const;

export const CONFLICT_KINDS = [
  "divergent_insert",
  "divergent_update",
  "delete_vs_update",
  "orphan_edge",
  "unique_violation",
  "cardinality_violation",
  "value_constraint_violation",
  "schema_conflict",
] as const;

export const DROP_MODES = ["soft", "hard"] as const;

export const PARAMETER_KINDS = [
  "string",
  "bool",
  "int",
  "bigint",
  "float",
  "date",
  "datetime",
  "blob",
  "vector",
  "list",
] as const;
