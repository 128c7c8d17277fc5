/** The compiled file of each playbook and role, as absolute paths. Undefined if the sources run uncompiled. */
// A global is declared with var only.
// eslint-disable-next-line no-var
declare var kubeplayCompiled: Readonly<Record<string, string>> | undefined;
/** Starts the program again with this playbook compiled in, then ends the process. */
// eslint-disable-next-line no-var -- only var declares a property of globalThis
declare var kubeplayWith: ((playbook: string) => Promise<never>) | undefined;
/** Why a playbook or a role could not be compiled, by absolute path. */
// eslint-disable-next-line no-var -- only var declares a property of globalThis
declare var kubeplayBroken: Readonly<Record<string, string>> | undefined;
/** A JSON file of all compiled modules, with the digest and the imports of each. Undefined if the sources run uncompiled. */
// eslint-disable-next-line no-var -- only var declares a property of globalThis
declare var kubeplayModules: string | undefined;
/** `process` for modules outside of kubeplay's own library: it records the environment variables that they read. */
// eslint-disable-next-line no-var -- only var declares a property of globalThis
declare var kubeplayProcess: NodeJS.Process | undefined;
/** The names of the environment variables that were read that way. Absent if the sources run uncompiled. */
// eslint-disable-next-line no-var -- only var declares a property of globalThis
declare var kubeplayReadVariables: () => string[];
