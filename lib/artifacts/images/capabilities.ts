import { appendFile, readFile } from "node:fs/promises";

/** Linux' numbers, from linux/capability.h. */
const numbers = { NET_BIND_SERVICE: 10 } as const;
export type Capability = keyof typeof numbers;

/**
 * The value of the extended attribute security.capability: version 2, and the flag that makes the permitted capabilities
 * effective when the program starts. Its two halves of 32 capabilities each have a permitted and an inheritable set.
 */
function attributeOf(capabilities: readonly Capability[]): Buffer {
  const value = Buffer.alloc(20);
  value.writeUInt32LE(0x02000001);
  for (const name of capabilities) {
    const place = 4 + 8 * (numbers[name] >> 5);
    value.writeUInt32LE((value.readUInt32LE(place) | (1 << (numbers[name] & 31))) >>> 0, place);
  }
  return value;
}

const block = 512;
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & (block - 1))]);

/** A header of POSIX' tar: owned by root, from the beginning of 1970. */
function headerOf(name: string, type: "0" | "x", size: number, mode: number): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, "0"), at, "latin1");
  header.write(name, 0, 100, "latin1");
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  header.write(" ".repeat(8), 148, "latin1");
  header.write(`${type}\0\0`, 156, "latin1");
  header.write("ustar\0" + "00", 257, "latin1");
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header.write("\0 ", 154, "latin1");
  return header;
}

/** "LENGTH KEYWORD=VALUE\n", whose length counts itself. */
function recordOf(keyword: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${keyword}=`), value, Buffer.from("\n")]);
  const guess = String(rest.length + 2).length + rest.length;
  return Buffer.concat([Buffer.from(String(guess)), rest]);
}

/**
 * Appends a program with file capabilities to a tar that has no end yet, or makes it. tar itself takes capabilities only from a file
 * that has them, and only root can set them. `name` is a path of at most 100 ASCII characters without the first slash.
 */
export async function appendProgram(
  tarball: string,
  name: string,
  { file, mode, capabilities }: { file: string; mode: number; capabilities: readonly Capability[] },
): Promise<void> {
  const record = recordOf("SCHILY.xattr.security.capability", attributeOf(capabilities));
  const content = await readFile(file);
  await appendFile(
    tarball,
    Buffer.concat([
      headerOf(`PaxHeaders/${name}`.slice(0, 100), "x", record.length, 0o644),
      padded(record),
      headerOf(name, "0", content.length, mode),
      padded(content),
    ]),
  );
}
