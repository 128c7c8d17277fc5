#!/usr/bin/env node
import { start } from "#engine/start/start.mjs";

await start("roles/bundle/shortcut.ts");
