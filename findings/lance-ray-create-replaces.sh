#!/usr/bin/env bash
# lance-ray 0.5.0 (PyPI, for Ray 2.60): write_lance with mode="create", its default, over a table that is there replaces the rows of that table, without an error.
# pylance refuses the same ("Dataset already exists"). What was there stays as the version before.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv v && v/bin/pip install -q ray==2.60.0 lance-ray==0.5.0 pylance==14.0.2 pyarrow==26.0.1
cat > run.py <<'PY'
import lance, lance_ray, pyarrow, ray

ray.init(log_to_driver=False)
rows = lambda count: pyarrow.table({"k": [f"n{i}" for i in range(count)]})
lance_ray.write_lance(ray.data.from_arrow(rows(100)), "t.lance", mode="create")
try:
    lance.write_dataset(rows(5), "t.lance", mode="create")
    refused = False
except OSError as error:
    refused = "already exists" in str(error)
lance_ray.write_lance(ray.data.from_arrow(rows(5)), "t.lance", mode="create")
table = lance.dataset("t.lance")
print("refused by pylance:", refused, "after lance-ray:", table.count_rows(), "rows, version", table.version)
assert refused and (table.count_rows(), table.version) == (5, 2)
assert lance.dataset("t.lance", version=1).count_rows() == 100
PY
HOME=$PWD RAY_USAGE_STATS_ENABLED=0 v/bin/python run.py 2> log || { cat log; exit 1; }
