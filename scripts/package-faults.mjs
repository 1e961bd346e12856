// What publint and Are The Types Wrong find in a packed package.
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** The package is one of ES modules alone: `require` and the resolution of Node 10 are not for it. */
const NOT_FOR_IT = ["node10", "node16-cjs"];

/** Every fault as a line; none where both are content. */
export async function packageFaults(tarball) {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(bytes));
  return [
    ...messages.map((message) => formatMessage(message, pkg)),
    ...(types === false ? ["it has no types"] : []),
    ...problems.filter(({ resolutionKind }) => !NOT_FOR_IT.includes(resolutionKind)).map(JSON.stringify),
  ];
}
