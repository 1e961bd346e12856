import { given } from "@omnigraph/base";
import type * as sdk from "@aws-sdk/client-s3";
import {
  isSet,
  missingCredentials,
  missingRegion,
  SettingsError,
  strayToken,
  type Variables,
} from "./settings.ts";

/** How to reach S3, where the usual `AWS_…` environment variables and profile files do not say it. */
export interface S3Options {
  /** The environment's variables, which whoever opens the store has read: see `resolveAccess`. */
  readonly variables?: Variables;
  /** Any S3-compatible server; its buckets are addressed by path. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  /** How long one attempt waits for its answer; default 10 s for conditional puts and 60 s for all else. */
  readonly timeoutMs?: number;
}

type Credentials = Awaited<ReturnType<sdk.S3ClientResolvedConfig["credentials"]>>;

/** Where S3 is and who asks: resolved once for a store, the same for its objects and its tables. */
export interface S3Access {
  /** A server whose buckets are addressed by path; undefined: Amazon's. */
  readonly endpoint: string | undefined;
  /** Throws `SettingsError`. */
  readonly region: () => Promise<string>;
  /** Credentials that are valid now; expired ones are renewed. Throws `SettingsError`. */
  readonly credentials: () => Promise<Credentials>;
  /** The same for Lance. Throws `SettingsError`, also where Lance would use other credentials than these. */
  readonly tableCredentials: () => Promise<Credentials>;
}

/** Servers that are not Amazon's rarely care, but a signature names some region. */
const DEFAULT_REGION = "us-east-1";

/**
 * Resolves the endpoint, the region and the credentials, each from the first that says it: the options, the environment (`AWS_ENDPOINT_URL_S3`,
 * `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID` and its fellows), the profile that `AWS_PROFILE` names in the profile files,
 * and for credentials at last the role of the container or machine. This package reads no environment: it is given the variables. The SDK, which is asked for
 * what the options do not say, looks at the environment of the process by itself.
 */
export async function resolveAccess(S3Client: typeof sdk.S3Client, options: S3Options): Promise<S3Access> {
  const { variables = {} } = options;
  const region = [options.region, variables["AWS_REGION"], variables["AWS_DEFAULT_REGION"]].find(isSet);
  const { config } = new S3Client({ ...given({ region }), ...credentialsOf(options) });
  const endpoint = options.endpoint ?? (await config.serviceConfiguredEndpoint?.());
  const credentials = async (): Promise<Credentials> => {
    try {
      return await config.credentials();
    } catch (cause) {
      if (!(cause instanceof Error) || cause.name !== "CredentialsProviderError") throw cause;
      throw new SettingsError(missingCredentials(variables), cause);
    }
  };
  return {
    endpoint,
    region: async () => {
      try {
        return await config.region();
      } catch (cause) {
        if (endpoint !== undefined) return DEFAULT_REGION;
        throw new SettingsError(missingRegion(variables), cause);
      }
    },
    credentials,
    tableCredentials: async () => {
      const found = await credentials();
      const stray = found.sessionToken === undefined ? strayToken(variables) : null;
      if (stray !== null) throw new SettingsError(stray);
      return found;
    },
  };
}

function credentialsOf(options: S3Options): {
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
} {
  const { accessKeyId, secretAccessKey, sessionToken } = options;
  if (accessKeyId === undefined || secretAccessKey === undefined) return {};
  return {
    credentials: given({ accessKeyId, secretAccessKey, sessionToken }),
  };
}
