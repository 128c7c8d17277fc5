import type { Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";

/** Answers every path on the port with 200, whatever arguments it gets: enough for its manifest to be proven. */
export const standInOf = (
  { architecture, program, root }: Ingredients,
  { port, reason }: { readonly port: number; readonly reason: string },
): Pick<Recipe, "architecture" | "base" | "entrypoint" | "files" | "scratch" | "standIn"> => ({
  architecture,
  base: root("debian"),
  // What a manifest adds comes after the script, as its own arguments: nobody reads them.
  entrypoint: ["/bin/sh", "-c", `exec /agnhost netexec --http-port=${String(port)} --udp-port=-1`, "stand-in"],
  files: { "/agnhost": program("agnhost") },
  scratch: ["/tmp"],
  standIn: reason,
});
