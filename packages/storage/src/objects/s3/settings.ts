/** Variables of an environment by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Settings with which S3 cannot be reached; the message says what is missing or wrong, and what to set. */
export class SettingsError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    if (cause instanceof Error) this.name = cause.name;
  }
}

/** A clause for the message that no credentials were found: where they were looked for, and what to set. */
export function missingCredentials(variables: Variables): string {
  const [key, secret] = [variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]].map(isSet);
  const both = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  const looked =
    key === secret ? `${both} are not set` : `of ${both} only ${key ? "the first" : "the second"} is set`;
  return `no credentials were found: ${looked}, ${profileOf(variables)} has none, and no role of a container or machine gives any; set ${both}, or AWS_PROFILE`;
}

/** The same for the region. */
export function missingRegion(variables: Variables): string {
  return `no region is named: AWS_REGION is not set, and ${profileOf(variables)} has none; set AWS_REGION, or AWS_ENDPOINT_URL for a store that is not Amazon's`;
}

/** Why Lance cannot use credentials without a session token, or null: it would add the token of the environment to them. */
export function strayToken(variables: Variables): string | null {
  if (!isSet(variables["AWS_SESSION_TOKEN"])) return null;
  return `AWS_SESSION_TOKEN is set and is not of the credentials in use, with which Lance would send it; unset it, or AWS_PROFILE`;
}

function profileOf(variables: Variables): string {
  const profile = isSet(variables["AWS_PROFILE"]) ? variables["AWS_PROFILE"] : "default";
  const credentials = variables["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials";
  return `profile ${profile} of ${credentials} and ${variables["AWS_CONFIG_FILE"] ?? "~/.aws/config"}`;
}

export function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
