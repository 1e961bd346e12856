#!/usr/bin/env bash
# duckdb-extension-lance 1.5.5 (PyPI, for DuckDB 1.5.5): `DELETE … WHERE` on a Lance table honours a condition on the table's first column alone. A simple
# condition on any other column deletes every row, also where it matches none, and no error is raised; conditions on two columns are refused. SELECT and
# UPDATE with the same conditions are right. The version before is still there, so the rows can be had back until someone prunes.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv v && v/bin/pip install -q duckdb==1.5.5 duckdb-extension-lance==1.5.5 pylance==3.0.2 pyarrow==26.0.1
cat > run.py <<'PY'
import glob
import duckdb, duckdb_extension_lance, lance, pyarrow

con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
con.execute(f"LOAD '{glob.glob(duckdb_extension_lance.__path__[0] + '/**/lance.duckdb_extension', recursive=True)[0]}'")

def after(statement, table):
    lance.write_dataset(pyarrow.table({"id": ["a", "b", "c"], "n": [1, 2, 3]}), f"data/{table}.lance")
    con.execute("ATTACH IF NOT EXISTS 'data' AS data (TYPE lance)")
    con.execute(statement.format(f"data.main.{table}"))
    return sorted(lance.dataset(f"data/{table}.lance").to_table().column("id").to_pylist())

seen = {
    "first column": after("DELETE FROM {} WHERE id = 'a'", "t1"),
    "second column": after("DELETE FROM {} WHERE n = 1", "t2"),
    "second column, no match": after("DELETE FROM {} WHERE n = 99", "t3"),
    "update by second column": after("UPDATE {} SET id = 'z' WHERE n = 1", "t4"),
}
for case, left in seen.items(): print(f"{case}: {left}")
assert list(seen.values()) == [["b", "c"], [], [], ["b", "c", "z"]], seen
assert lance.dataset("data/t2.lance", version=1).count_rows() == 3
PY
v/bin/python run.py
