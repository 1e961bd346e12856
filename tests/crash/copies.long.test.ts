import { cases } from "../support/running/cases.ts";
import { copiesSuite } from "./copies.suite.ts";

copiesSuite(cases(15));
