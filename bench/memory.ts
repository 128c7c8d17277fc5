/** The size of a memory page on amd64, and with most kernels on arm64. */
const page = 4096;

/** Resident bytes of a process and all its descendants. `read` reads a file of /proc, "" if it does not exist. */
export function treeMemory(pid: number, read: (file: string) => string): number {
  const resident = Number(read(`${pid}/statm`).split(" ")[1] ?? 0) * page;
  const children = read(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + treeMemory(child, read), resident);
}
