import { cases } from "../support/cases.ts";
import { reopenSuite } from "./reopen.suite.ts";

reopenSuite(1001, cases(30));
