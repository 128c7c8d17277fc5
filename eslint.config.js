import { existsSync } from "node:fs";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

// Each folder of lib/ may import only those before it; roles and playbooks stand on top.
const layers = [
  "errors",
  "files",
  "start",
  "shell",
  "schema",
  "vault",
  "template",
  "pki",
  "connection",
  "inventory",
  "facts",
  "queries",
  "resources",
  "dsl",
  "runner",
  "report",
  "cli",
];
const oneFile = (layer) => existsSync(`${import.meta.dirname}/lib/${layer}.ts`);
const target = (layer) => (oneFile(layer) ? `./lib/${layer}.ts` : `./lib/${layer}/**/*`);
const from = (layer) => (oneFile(layer) ? `./lib/${layer}.ts` : `./lib/${layer}`);
const zones = layers.flatMap((layer, index) =>
  layers.slice(index + 1).map((above) => ({
    target: target(layer),
    from: from(above),
    message: `lib/${layer} stands below lib/${above} and must not import it.`,
  })),
);

export default tseslint.config(
  { ignores: ["node_modules/", ".kubeplay/"] },
  {
    files: ["**/*.ts", "lib/**/*.mjs", "roles/**/*.mjs"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            ...zones,
            { target: "./lib", from: "./roles", message: "lib/ knows no role." },
            { target: "./lib", from: "./playbooks", message: "lib/ knows no playbook." },
            { target: "./roles", from: "./playbooks", message: "A role knows no playbook." },
            ...["./lib", "./roles", "./playbooks"].map((folder) => ({
              target: folder,
              from: "./bench",
              message: "Nothing of what is measured knows the bench.",
            })),
          ],
        },
      ],
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
