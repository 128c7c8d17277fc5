import { open } from "node:fs/promises";
import { PlayError } from "#engine/errors.ts";
import { architectures, type Architecture } from "../catalogue/component.ts";

/** e_machine of the ELF header, from elf.h. */
const machines: Readonly<Record<Architecture, number>> = { amd64: 62, arm64: 183 };

/** Bytes of the header up to and including e_machine. */
const length = 20;

/** Why a file cannot run on Linux of an architecture; undefined if it can. Little-endian: both architectures are. */
function unfit(head: Buffer, architecture: Architecture): string | undefined {
  if (head.length === 0) return "is empty";
  if (head.length < length || head.toString("latin1", 0, 4) !== "\x7fELF")
    return `begins with ${JSON.stringify(head.toString("latin1").split("\n", 1)[0])}`;
  if (head[4] !== 2 || head[5] !== 1) return "is a program of 32 bits, or for a big-endian machine";
  const machine = head.readUInt16LE(18);
  if (machine === machines[architecture]) return undefined;
  const other = architectures.find((one) => machines[one] === machine);
  return other ? `is a program for ${other}` : `is a program for another machine (ELF machine ${String(machine)})`;
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Throws PlayError if a file is not a program for Linux of this architecture. `from` names its source. */
export async function checkProgram(file: string, architecture: Architecture, from: string): Promise<void> {
  const why = unfit(await headOf(file), architecture);
  if (why === undefined) return;
  throw new PlayError(
    `${from}: ${why}, expected a program for linux/${architecture} (an ELF file). Nothing was stored or run. Do not trust this source: a captive portal, a proxy or a mirror may answer with a file of its own.`,
  );
}
