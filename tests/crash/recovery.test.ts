import { recoverySuite, SOME } from "./recovery.suite.ts";

recoverySuite("recovery-kill", SOME, ["published"]);
