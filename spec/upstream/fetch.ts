import path from "node:path";
import { cacheAt } from "#engine/cache/cache.ts";
import { want } from "#artifacts/catalogue/wanted.ts";
import { ensureArtifacts } from "#artifacts/store/ensure.ts";
import { defaultVersions, released } from "./addresses.ts";

/** Downloads a component into a cache: a program of its own, because a process reads its proxy and CA once. */
const [name = "", folder = ""] = process.argv.slice(2);
const wanted = released.filter((one) => one.name === name).map((one) => want(one, defaultVersions, "amd64"));
const lockFile = path.join(folder, "artifacts.lock.json");
await ensureArtifacts(wanted, { source: "upstream", cache: cacheAt(folder), lockFile });
