#!/usr/bin/env node
import { start } from "../start/start.mjs";

await start("lib/engine/cli/main");
