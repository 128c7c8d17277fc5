#!/usr/bin/env node
import { start } from "#lib/start/start.mjs";

await start("roles/images/shortcut.ts");
