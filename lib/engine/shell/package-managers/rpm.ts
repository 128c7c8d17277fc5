/** The newest first, as several kernels are installed at once. */
export const rpmInstalled = (names: string): string =>
  String.raw`rpm --query --queryformat 'installed\t%{EVR}\t%{NAME}\t%{ARCH}\tinstall\n' -- ${names} 2>/dev/null |
  grep '^installed' | sort -t "$(printf '\t')" -k 2,2Vr`;
