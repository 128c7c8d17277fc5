/** The other contenders: PyPI packages, one virtualenv per list. They require Python 3.11 or newer. */
export const versions = {
  ansible: ["ansible-core==2.19.14"],
  mitogen: ["ansible-core==2.19.14", "mitogen==0.3.54"],
  pyinfra: ["pyinfra==3.10.0"],
} as const;
