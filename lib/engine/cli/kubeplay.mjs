#!/usr/bin/env node
import { start } from "../start/start.mjs";

await start("lib/cli/main.ts");
