/** A kind of server that speaks S3, and by what one knows it. */
interface KnownServer {
  readonly name: string;
  readonly sign: RegExp;
  /** Whether racing creates win together there too seldom for a few rounds to show it, which was seen all the same. */
  readonly seldom: boolean;
}

/** By their `Server` headers, those that were seen to let two conditional puts of one key win. */
const UNFIT: readonly KnownServer[] = [
  { name: "moto", sign: /^Werkzeug\//, seldom: true },
  { name: "S3Proxy", sign: /^Jetty\(/, seldom: false },
];

/** What to use instead: those that were tried, with none of them winning twice. */
export const FIT = "AWS S3, MinIO, versitygw or ministack";

/** The name of a server that must not be written to, even if no race shows why; null: the races decide. */
export function unfitServer(header: string | null): string | null {
  return UNFIT.find(({ sign, seldom }) => seldom && header !== null && sign.test(header))?.name ?? null;
}

/** What is known of a server, for a message. */
export function describeServer(header: string | null): string {
  if (header === null) return "a server that does not say what it is";
  const known = UNFIT.find(({ sign }) => sign.test(header));
  return known === undefined ? `Server: ${header}` : `Server: ${header}, which looks like ${known.name}`;
}
