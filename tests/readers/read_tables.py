"""Prints the rows of Lance tables as another engine reads them.

Standard input: JSON, {"engine": "lance" | "duckdb", "tables": [{"path", "version"?, "equals": [[column, value], ...]}]}.
Standard output: a line of JSON for each table: {"storage", "rows", "found"}; `storage` is Lance's data storage version, `rows` are by column, `found` has the ids
of the rows whose column equals a value. Days and milliseconds are numbers, as in an export.
"""

import json
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet


def plain(column):
    """Days and instants as numbers; all else as it is."""
    kind = column.type
    if pa.types.is_date32(kind):
        return column.cast(pa.int32())
    if pa.types.is_timestamp(kind):
        ticks = column.cast(pa.int64())
        per_ms = {"ms": 1, "us": 1000}[kind.unit]
        whole = pc.divide(ticks, per_ms)
        assert pc.equal(pc.multiply(whole, per_ms), ticks).combine_chunks().false_count == 0
        return whole
    if pa.types.is_list(kind) and (pa.types.is_date32(kind.value_type) or pa.types.is_timestamp(kind.value_type)):
        return pa.chunked_array([lists(chunk) for chunk in column.chunks])
    return column


def lists(chunk):
    items = plain(pa.chunked_array([chunk.flatten()])).combine_chunks()
    lengths = pc.fill_null(pc.list_value_length(chunk), 0).to_pylist()
    offsets = [0]
    for length in lengths:
        offsets.append(offsets[-1] + length)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items, mask=chunk.is_null())


def literal(value):
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


class Lance:
    def __init__(self):
        import lance

        self.dataset = lance.dataset

    def read(self, table):
        if table["path"].endswith(".parquet"):
            return pyarrow.parquet.read_table(table["path"])
        dataset = self.dataset(table["path"], version=table.get("version"))
        rows = dataset.to_table()
        assert dataset.count_rows() == rows.num_rows
        return rows

    def storage(self, table):
        return None if table["path"].endswith(".parquet") else self.dataset(table["path"]).data_storage_version

    def find(self, table, column, value):
        dataset = self.dataset(table["path"], version=table["version"])
        return dataset.to_table(columns=["id"], filter=f"`{column}` = {literal(value)}")


class DuckDB:
    """Reads the newest version: it knows no other."""

    def __init__(self):
        import glob

        import duckdb
        import duckdb_extension_lance

        self.connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        (extension,) = glob.glob(
            duckdb_extension_lance.__path__[0] + "/**/lance.duckdb_extension", recursive=True
        )
        self.connection.execute(f"LOAD '{extension}'")
        self.connection.execute("SET TimeZone = 'UTC'")

    def query(self, text, values=()):
        return self.connection.execute(text, values).to_arrow_table()

    def read(self, table):
        files = "/*.parquet" if table["path"].endswith(".parquet") else ""
        return self.query(f"SELECT * FROM {literal(table['path'] + files)}")

    def storage(self, table):
        return None

    def find(self, table, column, value):
        return self.query(f'SELECT id FROM {literal(table["path"])} WHERE "{column}" = {literal(value)}')


asked = json.load(sys.stdin)
engine = {"lance": Lance, "duckdb": DuckDB}[asked["engine"]]()
for table in asked["tables"]:
    rows = engine.read(table)
    answer = {
        "storage": engine.storage(table),
        "rows": {name: plain(rows.column(name)).to_pylist() for name in rows.column_names},
        "found": [
            sorted(engine.find(table, column, value).column("id").to_pylist())
            for column, value in table["equals"]
        ],
    }
    print(json.dumps(answer, allow_nan=False))
