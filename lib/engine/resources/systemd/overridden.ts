import path from "node:path";
import { unitSettings, type DropIn, type UnitSetting } from "../../queries/drop-ins.ts";

/** Settings that add to the earlier ones, unless they are empty. */
const adds =
  /^(Unit\.|Install\.|.*\.(Environment|Exec|On|Listen|Path|Supplementary|PassEnvironment|SystemCall|Capability|Ambient|Load|Set|Device|.*(Paths|Filter)$))/;

const overrides = ({ name, value }: UnitSetting): boolean => value === "" || !adds.test(name);

/**
 * Which drop-ins change what a unit file or drop-in sets, as sentences. For a drop-in, `own` is its file: those that
 * sort before it do not count.
 */
export function overriddenBy(dropIns: readonly DropIn[], text: string, own?: string): string[] {
  const written = new Map(unitSettings(text).map(({ name, value }) => [name, value]));
  const isChanged = ({ name, value }: UnitSetting): boolean => written.has(name) && written.get(name) !== value;
  const isLater = ({ file }: DropIn): boolean => own === undefined || path.basename(file) > path.basename(own);
  return dropIns.filter(isLater).flatMap(({ file, settings }) => {
    const changed = new Set(settings.filter((one) => isChanged(one) && overrides(one)).map(({ name }) => name));
    return changed.size === 0 ? [] : [`${file} is read later and sets ${[...changed].join(", ")} differently`];
  });
}
