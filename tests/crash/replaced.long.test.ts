import { cases } from "../support/running/cases.ts";
import { replacedSuite } from "./replaced.suite.ts";

replacedSuite(cases(12));
