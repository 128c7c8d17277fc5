/** The properties of `user`. */
export interface UserProps {
  readonly name: string;
  readonly uid?: number;
  /** The primary group, which must exist, by name or number; by default, a new user gets a group of the same name. */
  readonly group?: string;
  /** Other groups that the user must be in, by name or number; further groups are kept unless `exclusive`. */
  readonly groups?: readonly string[];
  /** The user is in no other groups than these, `group` aside. False by default. */
  readonly exclusive?: boolean;
  /**
   * The hash of the password, as crypt(5) has it and `openssl passwd -6` prints it: never the password itself. "!" before
   * it locks it, and "!" or "*" alone allows no login by password.
   */
  readonly password?: string;
  /** /home/NAME by default; made with a new user, mode 0700, unless it is a system user. */
  readonly home?: string;
  /** Of a new user, /bin/bash by default, or /usr/sbin/nologin for a system user. */
  readonly shell?: string;
  readonly comment?: string;
  /** A new user gets a number from the system range, no home folder, and cannot log in. */
  readonly system?: boolean;
  /** "absent" keeps the home folder. */
  readonly state?: "present" | "absent";
}

export const isAbsent = ({ state }: UserProps): boolean => state === "absent";
export const homeOf = (p: UserProps): string => p.home ?? `/home/${p.name}`;
export const hasOwnHome = (p: UserProps): boolean => !p.system && !isAbsent(p);
/** Passed to useradd and not left to its configuration, so that the forecast is right. */
export const homeMode = 0o700;
export const shellOf = (p: UserProps): string => p.shell ?? (p.system ? "/usr/sbin/nologin" : "/bin/bash");
