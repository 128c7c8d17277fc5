import { mkdir } from "node:fs/promises";
import path from "node:path";
import { asProgram } from "#engine/cli/program.ts";
import { PlayError } from "#engine/errors.ts";
import { bring } from "#artifacts/store/bring.ts";
import { artifactVariables } from "#artifacts/catalogue/variables.ts";
import { hostArchitectures, ofController, ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { readImageDigests } from "#artifacts/images/image-lock.ts";
import { ofFirstMaster } from "#cluster/of-first-master.ts";
import { parseArguments } from "../kubectl/arguments.ts";
import { problemsOf, unpacked } from "./check.ts";
import { interruptible } from "../interruptible.ts";
import { addDebianPackages } from "./debian.ts";
import { parseOptions } from "./options.ts";
import { addProject } from "./project.ts";
import { expectedOf, siteOf, siteVariables, type Site } from "./site.ts";
import { writeBundle } from "./write.ts";

const say = (line: string): void => console.error(line);

/** Packs all that the inventory's cluster needs without internet access into one file, or checks such a file. */
async function main(args: readonly string[]): Promise<void> {
  const given = parseArguments(args);
  const options = parseOptions(given.words);
  const { inventory, values } = await ofFirstMaster(given, { ...artifactVariables, ...siteVariables });
  const own = ofController();
  const site = siteOf(values, inventory, hostArchitectures(values.artifact_architectures, own), own);
  if (options.check !== undefined) return check(options.check, site, options.debian);
  if (site.lacks.length > 0)
    throw new PlayError(
      `the bundle cannot be complete:\n${site.lacks.join("\n")}\nimages_source: official copies the official images instead, on a machine that reaches their registries.`,
    );
  const components = JSON.stringify({ artifact_components: site.contents.components });
  await bring({ inventory: given.inventory, extraVars: [...given.extraVars, components], tags: "artifacts" });
  const out = path.resolve(options.out ?? "");
  const crane = `crane@${values.crane_version}/${ownArchitecture}`;
  const more = (folder: string, work: string) =>
    addMore(folder, work, { ...site, debianMirror: values.artifact_debian_mirror }, options.debian);
  await interruptible(`${out} was not written`, (signal) =>
    writeBundle({ ...site.contents, crane, more, signal }, out, say),
  );
  await check(out, site, options.debian);
}

async function addMore(
  folder: string,
  work: string,
  site: Site & { readonly debianMirror: string },
  debian: boolean,
): Promise<void> {
  say("adding kubeplay and its dependencies");
  await addProject(process.cwd(), path.join(folder, "kubeplay"));
  if (!debian) return;
  say(`fetching Debian's packages: ${site.packages.join(", ")}`);
  const own = path.join(work, "packages");
  await mkdir(own);
  const count = await addDebianPackages(path.join(folder, "debian.tar"), own, site);
  say(`${String(count)} Debian packages, with what they depend on`);
}

async function check(bundle: string, site: Site, debian: boolean): Promise<void> {
  const expected = expectedOf(site, debian, await readImageDigests());
  const problems = await unpacked(path.resolve(bundle), (folder) => problemsOf(folder, expected));
  if (problems.length > 0)
    throw new PlayError(
      `${bundle}: the site cannot be played with it:\n${problems.join("\n")}\nMake it again with this inventory and these variables.`,
    );
  const { files, images, packages } = expected;
  console.log(
    `${bundle}: complete. ${String(files.length)} files, ${String(images.length)} images, ${String(packages.length)} Debian packages and what they depend on`,
  );
}

await asProgram(main);
