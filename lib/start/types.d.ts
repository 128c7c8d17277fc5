/** Where each playbook and role is, once compiled: absolute paths. Undefined where the sources run as they are. */
// A global is declared with var only.
// eslint-disable-next-line no-var
declare var kubeplayCompiled: Readonly<Record<string, string>> | undefined;
