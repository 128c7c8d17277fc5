import fc from "fast-check";

const { SEED = "1" } = process.env;

/** Properties have the same inputs in each run. SEED=random has others, and a failure prints their seed. */
if (SEED !== "random") fc.configureGlobal({ seed: Number(SEED) });
