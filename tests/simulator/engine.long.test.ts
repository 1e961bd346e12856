import { engineSuite } from "./engine.suite.ts";

engineSuite(71, 430);
