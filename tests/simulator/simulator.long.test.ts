import { simulatorSuite } from "./simulator.suite.ts";

simulatorSuite(31, 470, []);
