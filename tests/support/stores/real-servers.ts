import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolProgram } from "../running/tools.mjs";

/** An S3 server of others, in a process of its own, on loopback. */
export interface RealServer {
  readonly endpoint: string;
  readonly bucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  close(): Promise<void>;
}

const BUCKET = "graphs";
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "testtest" };

/** ministack, which honours conditional puts, also under races. With `tls` by a certificate that it signs itself. */
export function startMinistack({ tls = false } = {}): Promise<RealServer> {
  return startServer(toolProgram("ministack-1.5.33", "ministack"), () => [], {
    GATEWAY_PORT: "0",
    BIND_HOST: "127.0.0.1",
    SERVICES: "s3",
    SFTP_ENABLED: "0",
    ...(tls ? { USE_SSL: "1" } : {}),
  });
}

/** moto, which lets racing conditional puts win together, though seldom. */
export function startMoto(): Promise<RealServer> {
  return startServer(toolProgram("moto-5.2.5", "moto_server"), () => ["-H", "127.0.0.1", "-p", "0"], {});
}

/** versitygw, where somebody has built it: `program` is its path. With `tls` by a certificate that openssl makes. */
export async function startVersitygw(program: string, { tls = false } = {}): Promise<RealServer> {
  const port = await freePort();
  return startServer(
    program,
    (folder) => {
      // Its buckets are folders.
      mkdirSync(join(folder, "data", BUCKET), { recursive: true });
      const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
      const how = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
      if (tls) execFileSync("openssl", [...how, "-keyout", key, "-out", cert], { stdio: "ignore" });
      const secured = tls ? ["--cert", cert, "--key", key] : [];
      return ["--port", `127.0.0.1:${port}`, ...secured, "posix", join(folder, "data")];
    },
    { ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey },
    [/bound on host/, `${tls ? "https" : "http"}://127.0.0.1:${port}`],
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

const RUNNING = /Running on (https?:\/\/127\.0\.0\.1:\d+)/;

/** Starts a program in a folder of its own; `says` matches what it prints once it runs, with its endpoint, or gives that too. */
async function startServer(
  program: string,
  args: (folder: string) => readonly string[],
  env: Readonly<Record<string, string>>,
  [says, known]: readonly [RegExp, string?] = [RUNNING],
): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), "omnigraph-s3-server-"));
  const child = spawn(program, args(folder), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], TMPDIR: folder, PYTHONUNBUFFERED: "1", ...env },
  });
  const ended = once(child, "close");
  let printed = "";
  const endpoint = await new Promise<string>((found, failed) => {
    const look = (data: Buffer): void => {
      printed += data.toString();
      const match = says.exec(printed);
      if (match !== null) found(known ?? match[1] ?? "");
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    ended.then(() => failed(new Error(`${program} ended: ${printed}`)), failed);
  });
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (known === undefined) await makeBucket(endpoint);
  return { endpoint, bucket: BUCKET, credentials: CREDENTIALS, close };
}

/** These servers ask for no signature. */
async function makeBucket(endpoint: string): Promise<void> {
  const { request } = endpoint.startsWith("https:") ? https : http;
  const put = request(`${endpoint}/${BUCKET}`, { method: "PUT", rejectUnauthorized: false });
  const answered = once(put, "response");
  put.end();
  const [answer] = await answered;
  if (!(answer instanceof http.IncomingMessage) || answer.statusCode !== 200)
    throw new Error(`${endpoint} made no bucket`);
  answer.resume();
}
