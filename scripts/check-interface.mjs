// Fails when what a program can name differs from the committed report of it: `--update` writes the report anew. Needs what `tsc -b` built.
import { extractInterface } from "./extract-interface.mjs";
import { ENTRIES } from "./published.mjs";

const update = process.argv.includes("--update");
for (const entry of Object.values(ENTRIES)) {
  const { complaints, changed } = extractInterface(entry, { update });
  for (const complaint of complaints) console.error(complaint);
  if (changed && !update)
    console.error(
      `${entry.report} differs from the declarations: node scripts/check-interface.mjs --update writes it anew, and its difference belongs into the commit`,
    );
  if (complaints.length > 0 || (changed && !update)) process.exitCode = 1;
}
