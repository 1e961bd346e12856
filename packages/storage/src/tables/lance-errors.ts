import { isError, OmnigraphError, type Reason } from "@omnigraph/base";

/** Lance's failures all come as one class with one code: only their texts tell them apart. The first that fits says what it is. */
const SIGNS: readonly (readonly [sign: RegExp, reason: Reason, what: string])[] = [
  [
    /was not found|\bnot found\b|NotFound|NoSuchKey/i,
    "table_version_missing",
    "is gone, or lacks its pinned version",
  ],
  [/permission denied|access ?denied|forbidden|os error 13\b|\b403\b/i, "store_denied", "refused access"],
  [/no space left|os error 28\b|quota/i, "store_full", "has no room left"],
];

/** What a failure of lancedb means for a table. Failures of ours pass unchanged. */
export function lanceError(
  cause: unknown,
  address: { readonly folder: string; readonly name: string },
): OmnigraphError {
  if (isError(cause)) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const place = `${address.folder}/${address.name}.lance`;
  const [, reason, what] = SIGNS.find(([sign]) => sign.test(text)) ?? [
    "",
    "store_transient" as const,
    "failed",
  ];
  const [first = ""] = text.split("\n");
  return new OmnigraphError(reason, `the Lance table ${place} ${what}: ${first.slice(0, 300)}`, {
    details: { place },
    cause,
  });
}
