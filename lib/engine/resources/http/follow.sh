# Asks with the options in $options, the headers in $headers and the URL in $url, and follows redirects. Another origin
# gets no headers: curl's own --location would keep back Authorization and Cookie only, and tokens have many names.
# Its arguments are curl's. Between two answers it prints $between.
kubeplay_follow() {
  hops=0
  while :; do
    said=$({
      printf '%s\n' "$options" "$headers"
      printf '%s\n' "$url" | sed 's/["\\]/\\&/g; s/^/url = "/; s/$/"/'
    } | curl "$@" --write-out '%{stderr}\nkubeplay-redirect: %{redirect_url}\n' --config - 2>&1 >&9)
    code=$?
    printf '%s\n' "${said%
kubeplay-redirect: *}" >&2
    [ "$code" = 0 ] || return "$code"
    next=${said##*kubeplay-redirect: }
    [ -n "$next" ] || return 0
    hops=$((hops + 1))
    [ "$hops" -le 10 ] || { echo "more than 10 redirects" >&2; return 47; }
    [ "$(kubeplay_origin "$next")" = "$(kubeplay_origin "$url")" ] || headers=
    url=$next
    printf '%s' "$between" >&9
  done
} 9>&1

# Scheme, host and port of a URL.
kubeplay_origin() {
  rest=${1#*://}
  printf '%s' "${1%%://*}://${rest%%[/?#]*}"
}
