import { cases } from "../support/running/cases.ts";
import { killSuite } from "./kill.suite.ts";

killSuite(cases(30));
