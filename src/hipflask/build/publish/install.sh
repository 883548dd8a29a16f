#!/bin/sh
# Installs @PROGRAM@ for whoever runs this, without asking for a password:
#   curl -fsSL @URL@@SELF@ | sh
set -eu

fail() {
  echo "$1" >&2
  exit 1
}

# Everything is a function, so that a script that arrived in part does nothing.
choose() {
  system=$(uname -s)
  machine=$(uname -m)
  # A shell that runs translated says x86_64 on Apple's own processors.
  if [ "$system" = Darwin ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null || true)" = 1 ]; then
    machine=arm64
  fi
  case "$system-$machine" in
@CASES@
    *) fail "There is no @PROGRAM@ for $system on $machine." ;;
  esac
}

sha256_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d ' ' -f 1
  else
    shasum -a 256 "$1" | cut -d ' ' -f 1
  fi
}

fetch() {
  echo "Downloading @PROGRAM@ $version ..."
  curl -fsSL --retry 3 -o "$work/file" "$1" || fail "It could not be downloaded: $1"
  seen=$(sha256_of "$work/file")
  [ "$seen" = "$2" ] || fail "What was downloaded is damaged, or not what was published: its SHA-256 is $seen and should be $2. Nothing was installed."
}

# What curl downloads has no mark of where it came from, which is what macOS asks about.
install_app() {
  mkdir "$work/new"
  ditto -x -k "$work/file" "$work/new" 2>/dev/null || unzip -q "$work/file" -d "$work/new"
  mkdir -p "$HOME/Applications"
  for app in "$work/new"/*.app; do
    place="$HOME/Applications/${app##*/}"
    rm -rf "$place.old"
    if [ -e "$place" ]; then mv "$place" "$place.old"; fi
    mv "$app" "$place"
    rm -rf "$place.old"
    echo "Installed: $place"
  done
}

install_archive() {
  mkdir "$work/new"
  tar -xzf "$work/file" -C "$work/new"
  for script in "$work/new"/*/install; do
    sh "$script"
  done
}

main() {
  choose
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  fetch "$file" "$sum"
  "$how"
}

main
