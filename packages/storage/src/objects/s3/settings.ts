/** Variables of the environment by name. */
type Variables = Readonly<Record<string, string | undefined>>;

/** What is missing where no credentials were found, as a clause for a message: where they were looked for, and what to set. */
export function missingCredentials(variables: Variables): string {
  const [key, secret] = [variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]].map(isSet);
  const both = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  const looked =
    key === secret ? `${both} are not set` : `of ${both} only ${key ? "the first" : "the second"} is set`;
  return `no credentials were found: ${looked}, ${profileOf(variables)} has none, and no role of a container or machine gives any; set ${both}, or AWS_PROFILE`;
}

/** The same for a region. */
export function missingRegion(variables: Variables): string {
  return `no region is named: AWS_REGION is not set, and ${profileOf(variables)} has none; set AWS_REGION, or AWS_ENDPOINT_URL for a store that is not Amazon's`;
}

function profileOf(variables: Variables): string {
  const profile = isSet(variables["AWS_PROFILE"]) ? variables["AWS_PROFILE"] : "default";
  const credentials = variables["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials";
  return `profile ${profile} of ${credentials} and ${variables["AWS_CONFIG_FILE"] ?? "~/.aws/config"}`;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
