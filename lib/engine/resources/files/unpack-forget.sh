for name do
  case $name in ./*) ;; *) continue ;; esac
  case $name/ in */../*) continue ;; esac
  below=${name#.}
  if [ -L "/proc/self/fd/7/$name" ]; then [ -d "$0$below" ] && [ ! -L "$0$below" ]
  elif [ -d "/proc/self/fd/7/$name" ]; then [ ! -d "$0$below" ]
  elif [ -e "/proc/self/fd/7/$name" ]; then [ -d "$0$below" ] && [ ! -L "$0$below" ]
  fi || continue
  kubeplay_enter "$0${below%/*}" 2>/dev/null || continue
  rm -f -- "./${name##*/}" 2>/dev/null || rmdir -- "./${name##*/}" 2>/dev/null
done
:
