// @ts-check

/** The names of environment variables that the project's own modules have read. */
const names = /** @type {Set<string>} */ (new Set());
/** The names of a list that is being read, and those of them that were read so far. */
let listed = /** @type {Set<string>} */ (new Set());
let taken = /** @type {Set<string>} */ (new Set());

/** A list of which every value was read is the whole environment, given to a program: no variable was meant. */
function read(/** @type {string} */ name) {
  if (!listed.delete(name)) names.add(name);
  else taken.add(name);
  if (listed.size === 0) taken.clear();
}

function forgetList() {
  for (const name of taken) names.add(name);
  taken = new Set();
  listed = new Set();
}

const env = new Proxy(process.env, {
  get: (target, name) => {
    if (typeof name === "string") read(name);
    return /** @type {unknown} */ (Reflect.get(target, name));
  },
  has: (target, name) => {
    if (typeof name === "string") names.add(name);
    return Reflect.has(target, name);
  },
  ownKeys: (target) => {
    forgetList();
    const all = Reflect.ownKeys(target);
    listed = new Set(Object.keys(target).filter((name) => !names.has(name)));
    return all;
  },
  // process.env accepts complete properties only.
  set: (target, name, value) => Reflect.set(target, name, value),
});

/** `process` for the project's own modules: it records which environment variables they read. */
globalThis.kubeplayProcess = new Proxy(process, {
  get: (target, name) => (name === "env" ? env : /** @type {unknown} */ (Reflect.get(target, name))),
});

/** The names of the variables that were read by now, sorted. */
globalThis.kubeplayReadVariables = () => {
  forgetList();
  return [...names].sort();
};
