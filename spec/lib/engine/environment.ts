/** Gives each spec of a suite the environment that was there before it. The object stays: who has kept it goes on with it. */
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
