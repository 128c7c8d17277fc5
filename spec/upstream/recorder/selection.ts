/** Lines of an archive's listing that are recorded although nothing uses them; the rest of a long listing is left out. */
const most = 40;

/** The beginning of a listing, and every path that is used. What is inside a folder that is taken whole is left out. */
export function recordedMembers(listing: readonly string[], used: readonly string[]): string[] {
  const inside = (member: string): boolean => used.some((one) => member.startsWith(`${one}/`) && member !== `${one}/`);
  const isUsed = (member: string): boolean => used.includes(member.replace(/\/$/, ""));
  const whole = listing.filter((member) => !inside(member));
  const found = whole.filter((member, index) => index < most || isUsed(member));
  // Some archives list the files of a folder, and not the folder itself.
  const folders = used.filter((one) => !found.some((member) => member.replace(/\/$/, "") === one));
  return [
    ...found,
    ...folders.filter((one) => listing.some((member) => member.startsWith(`${one}/`))).map((one) => `${one}/`),
  ];
}

const others = 8;

/** The first lines of a checksum file, and those of the catalogue's own files. */
export function recordedLines(text: string, names: readonly string[]): string[] {
  const isUsed = (line: string): boolean => names.some((name) => line.endsWith(name));
  return text.split("\n").filter((line, index) => line.trim() !== "" && (index < others || isUsed(line)));
}
