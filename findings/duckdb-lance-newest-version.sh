#!/usr/bin/env bash
# duckdb-extension-lance 1.5.5 (PyPI, for DuckDB 1.5.5): DuckDB always reads the newest version of a Lance table. `AT (VERSION => n)`, which DuckDB has for
# other lake formats, is refused for an attached folder and for a path alike, though Lance itself opens any version. So a reader that must see a pinned
# version sees what any other tool has committed since.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv v && v/bin/pip install -q duckdb==1.5.5 duckdb-extension-lance==1.5.5 pylance==3.0.2 pyarrow==26.0.1
cat > run.py <<'PY'
import glob
import duckdb, duckdb_extension_lance, lance, pyarrow

con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
con.execute(f"LOAD '{glob.glob(duckdb_extension_lance.__path__[0] + '/**/lance.duckdb_extension', recursive=True)[0]}'")
for mode in ("create", "append"):
    lance.write_dataset(pyarrow.table({"id": [mode]}), "data/t.lance", mode=mode)
con.execute("ATTACH 'data' AS data (TYPE lance)")
assert lance.dataset("data/t.lance", version=1).count_rows() == 1
for table in ("data.main.t", "'data/t.lance'"):
    assert con.execute(f"SELECT count(*) FROM {table}").fetchall() == [(2,)]
    try:
        con.execute(f"SELECT count(*) FROM {table} AT (VERSION => 1)").fetchall()
        raise SystemExit(f"{table}: a version can be read now")
    except duckdb.BinderException as error:
        print(f"{table}: {error}")
PY
v/bin/python run.py
