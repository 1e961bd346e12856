import { describe } from "vitest";
import { cases } from "../support/running/cases.ts";
import { startMinistack, startVersitygw } from "../support/stores/real-servers.ts";
import { putSuite } from "./s3-puts.ts";

const KILLS = cases(20);
const versitygw = process.env["OMNIGRAPH_VERSITYGW"];

describe("a client of S3 that is killed", () => {
  putSuite("ministack", () => startMinistack(), KILLS);
  putSuite("ministack over TLS", () => startMinistack({ tls: true }), KILLS);
  if (versitygw !== undefined) {
    putSuite("versitygw", () => startVersitygw(versitygw), KILLS);
    putSuite("versitygw over TLS", () => startVersitygw(versitygw, { tls: true }), KILLS);
  }
});
