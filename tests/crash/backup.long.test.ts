import { cases } from "../support/running/cases.ts";
import { backupSuite } from "./backup.suite.ts";

backupSuite(cases(6));
