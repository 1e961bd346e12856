import { cases } from "../support/cases.ts";
import { copiesSuite } from "./copies.suite.ts";

copiesSuite(cases(5));
