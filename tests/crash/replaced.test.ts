import { cases } from "../support/cases.ts";
import { replacedSuite } from "./replaced.suite.ts";

replacedSuite(cases(3));
