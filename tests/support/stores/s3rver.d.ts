/** The parts of s3rver 3.7 that the test server uses. */
declare module "s3rver" {
  import type { IncomingMessage } from "node:http";

  export interface Context {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly req: IncomingMessage;
    status: number;
    type: string;
    body: unknown;
    respond: boolean;
  }
  export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

  export default class S3rver {
    constructor(options: {
      readonly address: string;
      readonly port: number;
      readonly silent: boolean;
      readonly directory: string;
      readonly vhostBuckets: boolean;
      readonly allowMismatchedSignatures: boolean;
      readonly configureBuckets: readonly { readonly name: string }[];
    });
    store: unknown;
    readonly context: { store: unknown };
    readonly middleware: Middleware[];
    run(): Promise<{ readonly port: number }>;
    close(): Promise<void>;
  }
}
