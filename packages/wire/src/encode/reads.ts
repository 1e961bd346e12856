import { NumberText } from "@omnigraph/base";
import type { AnswerValue } from "@omnigraph/language";
import type { DatasetTable, QueryAnswer, SnapshotAnswer } from "../answers/reads.ts";
import type {
  DatasetTableJson,
  LegacyReadJson,
  QueryJson,
  ReadTargetJson,
  RowsHeadJson,
  SnapshotJson,
} from "../shapes.generated.ts";

/** A row that is to be written: some numbers have a text of their own. */
export type WrittenRow = Readonly<Record<string, AnswerValue | NumberText>>;

/** An answer with rows that are to be written. */
export type Written<Shape extends LegacyReadJson> = Omit<Shape, "rows"> & {
  readonly rows: readonly WrittenRow[];
};

export function queryJson(answer: QueryAnswer): Written<QueryJson> {
  return {
    ...legacyReadJson(answer),
    graph_commit_id: answer.commit,
    ...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
  };
}

export function legacyReadJson(answer: QueryAnswer): Written<LegacyReadJson> {
  return { ...headOf(answer), columns: answer.columns, rows: rowsJson(answer) };
}

export function rowsHeadJson(answer: QueryAnswer): RowsHeadJson {
  return { kind: "metadata", ...headOf(answer) };
}

/**
 * Rows for JSON. A sum beyond 2^53 that a double holds exactly is written as a decimal number, `9007199254740994.0`, as clients expect of sums; one that
 * no double holds, like any other integer, with its digits alone: no reader loses one.
 */
export function rowsJson({ rows, sums }: QueryAnswer): readonly WrittenRow[] {
  if (sums.length === 0) return rows;
  return rows.map((row) => {
    const changed = sums.flatMap((name): [string, NumberText][] => {
      const sum = row[name];
      return typeof sum === "bigint" && BigInt(Number(sum)) === sum
        ? [[name, new NumberText(`${sum}.0`)]]
        : [];
    });
    return changed.length === 0 ? row : { ...row, ...Object.fromEntries(changed) };
  });
}

/** `format` is the version of the format on disk. */
export function snapshotJson({ branch, commit, datasets }: SnapshotAnswer, format: number): SnapshotJson {
  return {
    graph_branch: branch,
    graph_manifest_version: commit.depth,
    internal_schema_version: format,
    datasets: datasets.map(({ kind, typeName, path, version, count, tables, commitsBesides }) => ({
      entity_kind: kind,
      type_name: typeName,
      dataset_path: path,
      published_dataset_version: version,
      native_dataset_branch: null,
      entity_count: count,
      ...(tables === undefined
        ? {}
        : { tables: tables.map(tableJson), commits_besides: commitsBesides ?? 0 }),
    })),
  };
}

function tableJson({ path, version, rows, tombstones, columns, indexes }: DatasetTable): DatasetTableJson {
  return {
    path,
    version,
    rows,
    tombstones,
    columns: Object.entries(columns).map(([property, column]) => ({ property, column })),
    indexes: [...indexes],
  };
}

function headOf(answer: QueryAnswer): Omit<RowsHeadJson, "kind"> {
  return { query_name: answer.queryName, target: targetOf(answer), row_count: answer.rows.length };
}

export function targetOf({ branch, snapshot }: Pick<QueryAnswer, "branch" | "snapshot">): ReadTargetJson {
  return { branch: snapshot === null ? branch : null, snapshot };
}
