import { OTHERS, recoverySuite } from "./recovery.suite.ts";

recoverySuite("recovery-kill-others", OTHERS, ["all but published", "intent removed"]);
