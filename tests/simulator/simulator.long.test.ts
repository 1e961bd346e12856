import { simulatorSuite } from "./simulator.suite.ts";

simulatorSuite(61, 440, []);
