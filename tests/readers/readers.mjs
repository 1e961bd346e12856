import { toolProgram } from "../support/running/tools.mjs";

/** The engines that read our tables in tests, each with its packages from PyPI. The name changes with the packages: what is installed is found by it. */
export const READERS = [
  { name: "pylance-2.0.1", engine: "lance", packages: ["pylance==2.0.1", "pyarrow==26.0.1"] },
  { name: "pylance-3.0.2", engine: "lance", packages: ["pylance==3.0.2", "pyarrow==26.0.1"] },
  { name: "pylance-14.0.2", engine: "lance", packages: ["pylance==14.0.2", "pyarrow==26.0.1"] },
  {
    name: "duckdb-1.5.5",
    engine: "duckdb",
    packages: ["duckdb==1.5.5", "duckdb-extension-lance==1.5.5", "pyarrow==26.0.1"],
  },
];

/** The distributed engine of tests and of docs/scale-out.md, which names the same packages. */
export const RAY = {
  name: "ray-2.60.0",
  packages: ["ray==2.60.0", "lance-ray==0.5.0", "pylance==14.0.2", "pyarrow==26.0.1"],
};

/** The Python of a reader. Throws where it is not installed: a test without its reader fails. */
export function pythonOf(name) {
  return toolProgram(name, "python");
}
