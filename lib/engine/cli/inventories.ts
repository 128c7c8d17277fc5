/** How commander reads -i, which may be given several times: a function and the default, which the first -i replaces. */
export function inventories(): [(file: string, before: readonly string[]) => readonly string[], readonly string[]] {
  const usual = ["hosts.yaml"];
  return [(file, before) => (before === usual ? [file] : [...before, file]), usual];
}
