import { cases } from "../support/running/cases.ts";
import { reopenSuite } from "./reopen.suite.ts";

reopenSuite(1, cases(4));
