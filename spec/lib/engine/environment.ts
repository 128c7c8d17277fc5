/** Restores the environment after each spec of a suite. The object stays the same, for code that holds a reference. */
export function keepsEnvironment(): void {
  let known: NodeJS.ProcessEnv = {};
  beforeEach(() => {
    known = { ...process.env };
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in known)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, known);
  });
}
