import { cases } from "../../support/running/cases.ts";
import { testFolder } from "../../support/running/folders.ts";
import { damageSuite } from "./damage.suite.ts";

damageSuite(testFolder("damage-long"), cases(2));
