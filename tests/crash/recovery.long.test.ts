import { OTHERS, recoverySuite } from "./recovery.suite.ts";

recoverySuite("recovery-kill-others", OTHERS);
