/** The compiled file of each playbook and role, as absolute paths. Undefined if the sources run uncompiled. */
// A global is declared with var only.
// eslint-disable-next-line no-var
declare var kubeplayCompiled: Readonly<Record<string, string>> | undefined;
/** Starts the program again with this playbook compiled in, then ends the process. */
// eslint-disable-next-line no-var -- only var declares a property of globalThis
declare var kubeplayWith: ((playbook: string) => Promise<never>) | undefined;
