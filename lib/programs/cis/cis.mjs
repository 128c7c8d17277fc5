#!/usr/bin/env node
import { start } from "../../engine/start/start.mjs";

await start("lib/programs/cis/program");
