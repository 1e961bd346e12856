import { cases } from "../support/cases.ts";
import { killSuite } from "./kill.suite.ts";

killSuite(cases(77));
