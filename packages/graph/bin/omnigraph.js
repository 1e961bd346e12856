#!/usr/bin/env node
// The command of the work tree; the package that is published has its bundle beside the library.
require("../../cli/dist/bundle/start.cjs");
