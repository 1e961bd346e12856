#!/usr/bin/env bash
# duckdb-extension-lance 1.5.5 (PyPI, for DuckDB 1.5.5): a transaction does not see what it has itself inserted or updated in a Lance table; only its commit
# shows it. ROLLBACK does take it back. So `INSERT …; UPDATE … ` of the same rows in one transaction leaves them as they were inserted.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv v && v/bin/pip install -q duckdb==1.5.5 duckdb-extension-lance==1.5.5 pylance==3.0.2 pyarrow==26.0.1
cat > run.py <<'PY'
import glob
import duckdb, duckdb_extension_lance, lance, pyarrow

con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
con.execute(f"LOAD '{glob.glob(duckdb_extension_lance.__path__[0] + '/**/lance.duckdb_extension', recursive=True)[0]}'")
lance.write_dataset(pyarrow.table({"id": ["a"], "n": [1]}), "data/t.lance")
con.execute("ATTACH 'data' AS data (TYPE lance)")
rows = lambda: con.execute("SELECT id, n FROM data.main.t ORDER BY id").fetchall()
con.execute("BEGIN")
con.execute("INSERT INTO data.main.t VALUES ('b', 2)")
inside = rows()
updated = con.execute("UPDATE data.main.t SET n = 9 WHERE id = 'b'").fetchall()
con.execute("COMMIT")
print("inside:", inside, "rows updated:", updated, "after the commit:", rows())
assert inside == [("a", 1)] and updated == [(0,)] and rows() == [("a", 1), ("b", 2)]
PY
v/bin/python run.py
