import { cases } from "../support/cases.ts";
import { reopenSuite } from "./reopen.suite.ts";

reopenSuite(1, cases(10));
