#!/usr/bin/env node
import "@omnigraph/cli";
