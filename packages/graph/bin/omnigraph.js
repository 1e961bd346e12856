#!/usr/bin/env node
require("@omnigraph/cli");
