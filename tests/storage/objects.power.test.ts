import { powerSuite } from "./objects.power.suite.ts";

powerSuite(1, 100);
