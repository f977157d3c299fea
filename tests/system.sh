#!/bin/sh
# Brings the system packages that the real-parts tests use, where it may; else names them.
set -u
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need jackd jackd2
need tmux tmux
need xterm xterm
need Xvfb xvfb
need fluidsynth fluidsynth
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then sudo=""; else sudo="sudo -n"; fi
  if [ -z "$sudo" ] || sudo -n true 2>/dev/null; then
    echo "Installing$missing ..."
    $sudo apt-get update -qq &&
      $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null &&
      exit 0
  fi
fi
echo "make test needs these programs; install them and try again:$missing" >&2
exit 1
