import { simulatorSuite } from "./simulator.suite.ts";

simulatorSuite(101, 400, []);
