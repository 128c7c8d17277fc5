#!/usr/bin/env node
import { start } from "#lib/start/start.mjs";

await start("roles/conformance/shortcut.ts");
