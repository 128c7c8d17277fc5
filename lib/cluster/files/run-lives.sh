# Ends a wait whose run was killed: it would keep the host's lock, and the next run would wait for it. The nearest process
# above this shell that is neither a shell nor changes the user is sshd's, or the run itself. Those above it may end while
# the run goes on, such as an sshd that is restarted.
connection() {
  above=$$
  while [ "$above" -gt 1 ] && read -r stat < "/proc/$above/stat"; do
    name=${stat#*\(}
    case ${name%\)*} in
      sh | dash | ash | bash | ksh | mksh | zsh | fish | csh | tcsh | sudo | su | doas) ;;
      *) break ;;
    esac
    set -- ${stat##*\) }
    above=$2
  done
  echo "$above"
} 2> /dev/null
begun_by=$(connection)
run_lives() { [ "$(connection)" = "$begun_by" ] || { echo 'the run that began this has ended' >&2; exit 1; }; }
