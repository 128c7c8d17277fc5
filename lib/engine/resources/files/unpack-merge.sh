open() {
  printf '%s %s\0' "$1" "$folder" >> /proc/self/fd/6/modes && chmod -- "$1" . && chmod u+rwx .
}
for each do
  mode=${each%% *} folder=${each#* }
  below=${folder#.} name=${folder##*/} made=
  if [ -z "$below" ] || [ -L "$0$below" ]; then kubeplay_enter "$0$below" || exit 1
  else
    kubeplay_enter "$0${below%/*}" || exit 1
    [ -e "./$name" ] || { mkdir -- "./$name" && made=yes; } || exit 1
    kubeplay_down "$name" || exit 1
    if [ -n "$made" ]; then kubeplay_new && open "$mode" || exit 1
    elif [ ! -w . ] && [ -O . ]; then open "$(stat -c %a .)" || exit 1; fi
  fi
  find "/proc/self/fd/7/$folder/" -mindepth 1 -maxdepth 1 ! -type d -print0 | xargs -0 -r mv -f -t . -- || exit 1
done
