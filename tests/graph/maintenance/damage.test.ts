import { testFolder } from "../../support/running/folders.ts";
import { damageSuite } from "./damage.suite.ts";

damageSuite(testFolder("damage"), 1);
