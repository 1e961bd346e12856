import { once } from "node:events";
import { connectS3, S3Objects } from "@omnigraph/storage";
import { afterEach, expect, it, vi } from "vitest";
import { CuttingProxy } from "../support/stores/cutting-proxy.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import type { RealServer } from "../support/stores/real-servers.ts";
import { start } from "./process.ts";

const SIZES = [1 << 10, 10_000, 64 << 10, 1 << 20, 8 << 20];

interface Cut {
  readonly key: string;
  readonly size: number;
  /** Of all that a client sends for the put how many bytes the server gets. */
  readonly bytes: number;
}

/** Keys are of one length: a put of one takes as many bytes as that of another of its size. */
function keyOf(n: number, what: "all" | "cut"): string {
  return `${what}-${String(n).padStart(6, "0")}`;
}

/** One server, what it is asked through, and what is there. */
class Killing {
  readonly #uri: string;
  readonly #proxy: CuttingProxy;
  readonly #objects: S3Objects;
  /** By size, all that a client sends for a put of it. */
  readonly #whole = new Map<number, number>();

  private constructor(uri: string, proxy: CuttingProxy, objects: S3Objects) {
    this.#uri = uri;
    this.#proxy = proxy;
    this.#objects = objects;
  }

  static async of({ endpoint, bucket, credentials }: RealServer): Promise<Killing> {
    const url = new URL(endpoint);
    const proxy = await CuttingProxy.start(Number(url.port));
    const uri = `s3://${bucket}/puts`;
    const objects = new S3Objects(await connectS3(uri, { endpoint, region: "us-east-1", ...credentials }));
    vi.stubEnv("AWS_ENDPOINT_URL", `${url.protocol}//127.0.0.1:${proxy.port}`);
    return new Killing(uri, proxy, objects);
  }

  async close(): Promise<void> {
    await this.#proxy.close();
    await this.#objects.close();
  }

  /** Puts an object undisturbed, to see how many bytes that takes. */
  async measure(size: number): Promise<void> {
    const key = keyOf(SIZES.indexOf(size), "all");
    const { child, printed, exited } = start("putter.mjs", [this.#uri, key, String(size)]);
    await printed((said) => said.includes("ready"));
    this.#proxy.count();
    child.stdin?.end("go");
    await printed((said) => said.includes("stored"));
    this.#whole.set(size, this.#proxy.passed);
    await exited;
  }

  /** Where to cut the n-th put: anywhere, and every fourth time within the last bytes, where all but those are there. */
  cut(n: number, random: SeededRandom): Cut {
    const size = SIZES[n % SIZES.length] ?? 0;
    const whole = this.#whole.get(size) ?? 0;
    const bytes = n % 4 === 3 ? whole - 1 - random.integer(64) : 1 + random.integer(whole - 1);
    return { key: keyOf(n, "cut"), size, bytes };
  }

  /** Kills a client when the server has that much of its put. False: the put was done before, as what TLS sends besides has no certain length. */
  async kill({ key, size, bytes }: Cut, ending: "fin" | "reset"): Promise<boolean> {
    const { child, printed, exited } = start("putter.mjs", [this.#uri, key, String(size)]);
    await printed((said) => said.includes("ready"));
    const reached = this.#proxy.cutAfter(bytes);
    child.stdin?.write("go");
    const isCut = await Promise.race([reached.then(() => true), exited.then(() => false)]);
    if (!isCut) {
      this.#proxy.endAll(ending);
      return false;
    }
    child.kill("SIGKILL");
    await exited;
    const [, signal] = child.signalCode === null ? await once(child, "exit") : [null, child.signalCode];
    expect(signal).toBe("SIGKILL");
    this.#proxy.endAll(ending);
    return true;
  }

  /** What is in a slot: the whole object, nothing, or what must not be. */
  async found({ key, size }: Cut): Promise<string> {
    const bytes = await this.#objects.get(key);
    if (bytes === null) return "absent";
    const isWhole = Buffer.from(bytes).equals(Buffer.alloc(size, key.at(-1)));
    return isWhole ? "whole" : `${bytes.length} of ${size} bytes`;
  }

  /** Takes the slot, as the next writer does. */
  take({ key, size }: Cut): Promise<string> {
    return this.#objects.putIfAbsent(key, Buffer.alloc(size, key.at(-1)));
  }
}

/** Kills clients in the middle of conditional puts to a server, and looks at what is there. */
export function putSuite(name: string, begin: () => Promise<RealServer>, kills: number): void {
  let server: RealServer | null = null;
  let killing: Killing | null = null;
  afterEach(async () => {
    await killing?.close();
    await server?.close();
    vi.unstubAllEnvs();
  });
  it(
    `after each of ${kills} kills in the middle of a put to ${name}, its slot is absent or whole, and can be taken`,
    { timeout: 180_000 + kills * 20_000 },
    async () => {
      server = await begin();
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
      vi.stubEnv("NODE_NO_WARNINGS", "1");
      vi.stubEnv("AWS_ACCESS_KEY_ID", server.credentials.accessKeyId);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
      vi.stubEnv("AWS_REGION", "us-east-1");
      killing = await Killing.of(server);
      for (const size of SIZES) await killing.measure(size);
      const random = new SeededRandom(1);
      const cuts: Cut[] = [];
      const seen = new Map<string, number>();
      for (let n = 0, killed = 0; killed < kills; n++) {
        expect(n, "puts of which too many were done").toBeLessThan(2 * kills);
        const cut = killing.cut(n, random);
        cuts.push(cut);
        const isKilled = await killing.kill(cut, n % 2 === 0 ? "fin" : "reset");
        const found = await killing.found(cut);
        expect(isKilled ? ["absent", "whole"] : ["whole"], JSON.stringify(cut)).toContain(found);
        if (isKilled) killed++;
        seen.set(found, (seen.get(found) ?? 0) + 1);
        if (n % 3 === 0) expect(["stored", "exists"], JSON.stringify(cut)).toContain(await killing.take(cut));
      }
      // What a server may have done later.
      for (const [n, cut] of cuts.entries()) {
        const found = await killing.found(cut);
        expect(n % 3 === 0 ? ["whole"] : ["absent", "whole"], JSON.stringify(cut)).toContain(found);
      }
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(name, Object.fromEntries(seen));
    },
  );
}
