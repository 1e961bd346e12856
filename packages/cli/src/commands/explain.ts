import { given } from "@omnigraph/base";
import { explainJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { say } from "../context.ts";
import { withPast } from "../at.ts";
import { warn } from "../failure.ts";
import { withJson, withTarget } from "../options.ts";
import { planText } from "../output/plan.ts";
import { localOf, openAt } from "../place.ts";
import { type ReadingOptions, readingOf } from "../reading.ts";
import { withSource } from "../source.ts";

interface Options extends ReadingOptions {
  readonly analyze?: boolean;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Shows how a read or a mutation is run: its steps, the rows that are expected of each, and its inputs.",
    )
    .option("--analyze", "run it, and show what each step came to; a mutation is evaluated and never written")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph explain people ./my.omni --query team.gq\n" +
        "  omnigraph explain ./my.omni --analyze -e 'match { $p: Person } return { $p.name }'\n" +
        "  omnigraph explain ./my.omni --analyze -e 'delete Person where name = \"Eve\"'",
    );
  withJson(withPast(withTarget(withSource(command)))).action(
    async (first: string | undefined, second: string | undefined, options: Options) => {
      const { place, text, parameters, options: asked } = await readingOf(context, [first, second], options);
      await using open = await openAt(context, place, { readOnly: true });
      const answer = await localOf(open, "explain").explain(text ?? "", parameters, {
        ...asked,
        ...given({ analyze: options.analyze }),
      });
      await warn(answer.warnings, options.json === true, context.terminal);
      await say(context, options, explainJson(answer), planText(answer, context.terminal.width));
    },
  );
};
