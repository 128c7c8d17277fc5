module.exports = {
  "node-option": ["import=tsx", "conditions=kubeplay-source"],
  // For what hangs, and nothing else: a spec of ten seconds took two minutes on a machine with thirty programs at work.
  timeout: 600_000,
  // Of `npm run spec`, whose files run beside each other. Many specs wait for a program or a time limit, so that one process
  // more than the smallest machine has cores keeps its cores busy.
  jobs: 3,
  // A spec that passes at its second try lets CI pass, and is named in its output.
  retries: process.env.CI ? 1 : 0,
  require: ["spec/retries.ts", "spec/temporary-folder.ts", "spec/seed.ts"],
};
