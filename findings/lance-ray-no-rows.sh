#!/usr/bin/env bash
# lance-ray 0.5.0 (PyPI, for Ray 2.60): write_lance of a dataset without rows commits nothing and raises nothing, also with `schema`. So mode="overwrite" leaves the rows of
# the run before, and mode="create" makes no table. pylance overwrites a table by none, and makes an empty one.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv v && v/bin/pip install -q ray==2.60.0 lance-ray==0.5.0 pylance==14.0.2 pyarrow==26.0.1
cat > run.py <<'PY'
import os
import lance, lance_ray, pyarrow, ray

ray.init(log_to_driver=False)
full = pyarrow.table({"k": [f"n{i}" for i in range(100)]})
none = full.slice(0, 0)
lance_ray.write_lance(ray.data.from_arrow(full), "t.lance")
lance_ray.write_lance(ray.data.from_arrow(none), "t.lance", mode="overwrite", schema=full.schema)
kept = lance.dataset("t.lance").count_rows()
lance_ray.write_lance(ray.data.from_arrow(none), "new.lance", schema=full.schema)
made = os.path.isdir("new.lance/_versions")
lance.write_dataset(none, "t.lance", mode="overwrite")
print("overwritten by none, by lance-ray:", kept, "rows; by pylance:", lance.dataset("t.lance").count_rows(), "rows; a new table was made:", made)
assert kept == 100 and not made and lance.dataset("t.lance").count_rows() == 0
PY
HOME=$PWD RAY_USAGE_STATS_ENABLED=0 v/bin/python run.py 2> log || { cat log; exit 1; }
