import { powerSuite } from "./objects.power.suite.ts";

powerSuite(101, 300);
