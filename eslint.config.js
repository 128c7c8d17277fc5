import { readdirSync } from "node:fs";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** The storeys of lib/engine, ground first: each may import only those before it. */
const engine = [
  "start",
  "errors.ts",
  "files.ts",
  "error-location.ts",
  "shell",
  "schema",
  "vault",
  "template",
  "pki",
  "cache",
  "connection",
  "inventory",
  "facts",
  "ansible",
  "queries",
  "tasks",
  "resources",
  "dsl",
  "runner",
  "report",
  "testing",
  "cli",
];
/** The parts of the project, ground first, by the same rule. */
const parts = [
  "lib/engine",
  "lib/kubernetes",
  "lib/artifacts",
  "lib/cluster",
  "lib/programs",
  "roles",
  "playbooks",
  "bench",
];

const everyFile = (folder) => (folder.endsWith(".ts") ? folder : `${folder}/**/*`);
const inOneDirection = (folders) =>
  folders.flatMap((folder, index) =>
    folders.slice(index + 1).map((above) => ({
      target: everyFile(`./${folder}`),
      from: `./${above}`,
      message: `${folder} is below ${above} and must not import from it.`,
    })),
  );

/** A role imports no role. The exceptions, by role: the roles that it may import from, and why. */
const exceptions = {
  // It chooses between them.
  cni: ["cni-bridge", "cni-cilium"],
  // Its container stands beside those of the lab, in the same network, and is made with the same tools.
  "lab-registry": ["lab"],
};
const roles = readdirSync(`${import.meta.dirname}/roles`);
const rolesApart = roles.map((role) => ({
  target: `./roles/${role}/**/*`,
  from: "./roles",
  except: [role, ...(exceptions[role] ?? [])].map((one) => `./${one}`),
  message: "A role imports no other role: move what both need to lib/cluster.",
}));

export default tseslint.config(
  { ignores: ["node_modules/", "examples/", ".kubeplay/", "dist/", "docs/.vitepress/cache/", "docs/.vitepress/dist/"] },
  {
    files: ["**/*.ts", "lib/**/*.mjs"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      "import-x/extensions": [".ts", ".mjs"],
      "import-x/resolver-next": [
        createNodeResolver({
          conditionNames: ["kubeplay-source", "node", "import", "default"],
          extensions: [".ts", ".mjs", ".js"],
        }),
      ],
    },
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            ...inOneDirection([...engine, "index.ts"].map((file) => `lib/engine/${file}`)),
            ...inOneDirection(parts),
            ...rolesApart,
          ],
        },
      ],
      // Circles of types alone, which the rule ignores, are found by spec/lib/imports.spec.ts.
      "import-x/no-cycle": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    // Types in comments: a cast is not seen.
    files: ["**/*.mjs"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  {
    files: ["spec/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
