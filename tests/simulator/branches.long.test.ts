import { branchesSuite } from "./branches.suite.ts";

branchesSuite(41, 140, []);
