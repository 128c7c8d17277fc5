/** The size of a page of memory on amd64, and of most kernels on arm64. */
const page = 4096;

/** Bytes that a process and all its descendants hold in memory. `read` reads a file of /proc, "" where there is none. */
export function treeMemory(pid: number, read: (file: string) => string): number {
  const resident = Number(read(`${pid}/statm`).split(" ")[1] ?? 0) * page;
  const children = read(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + treeMemory(child, read), resident);
}
