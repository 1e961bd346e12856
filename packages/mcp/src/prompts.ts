import { ErrorCode, type GetPromptResult, McpError, type Prompt } from "@modelcontextprotocol/sdk/types.js";

/** Ways of working that a person can choose. */
export const PROMPTS: readonly Prompt[] = [
  {
    name: "branch-per-task",
    title: "Do a task on a branch of its own",
    description:
      "Has the agent work on a new branch, show what it changed, and merge only after it was told to.",
    arguments: [
      { name: "task", description: "What is to be done.", required: true },
      { name: "branch", description: "Name of the branch. Default: one that the agent makes of the task." },
    ],
  },
];

/** A prompt with its arguments in place. Errors: an McpError for one that there is not, or without its task. */
export function promptOf(name: string, given: Readonly<Record<string, string>> = {}): GetPromptResult {
  const [prompt] = PROMPTS.filter((each) => each.name === name);
  if (prompt === undefined)
    throw new McpError(ErrorCode.InvalidParams, `there is no prompt ${name}; there is branch-per-task`);
  const { task, branch } = given;
  if (task === undefined || task.trim() === "")
    throw new McpError(
      ErrorCode.InvalidParams,
      "the prompt branch-per-task needs the argument task: what is to be done",
    );
  const named = branch === undefined || branch === "" ? "a name that you make of the task" : branch;
  const text = `Do this task on the graph, on a branch of its own:

${task}

1. Look at the schema with get-schema, and read what you need with run-query.
2. Make a branch with create-branch. Its name: ${named}.
3. Do the work there: give the branch to run-mutation, load-data and stored mutations, and say in message why you do it. Touch no other branch.
4. Check your work: read it on the branch, and look at show-diff from main to the branch. Correct what is wrong.
5. Show me what you have changed: the counts, then the changes that matter. Then call preview-merge, and tell me each conflict with both sides and how you would decide it.
6. Wait for my answer. When I agree, call merge-branch with the decisions as resolutions and with delete_branch. If I do not, change it on the branch, or delete the branch.`;
  const { description } = prompt;
  return {
    ...(description === undefined ? {} : { description }),
    messages: [{ role: "user", content: { type: "text", text } }],
  };
}
