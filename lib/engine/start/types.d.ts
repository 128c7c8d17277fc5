/** Where each playbook and role is, once compiled: absolute paths. Undefined where the sources run as they are. */
// A global is declared with var only.
// eslint-disable-next-line no-var
declare var kubeplayCompiled: Readonly<Record<string, string>> | undefined;
/** Starts the program once more with this playbook compiled in; ends the process. */
// eslint-disable-next-line no-var -- only var declares a property of globalThis
declare var kubeplayWith: ((playbook: string) => Promise<never>) | undefined;
