#!/usr/bin/env bash
# Install what windows and tests need of the operating system: `scripts/setup_system.sh webkitgtk xvfb`.
#
# Knows apt, as on Debian and Ubuntu. What is there already is left alone, and nothing is asked of the network for it.
# Where nothing can be installed it says what to install, and ends well: most things work without.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin" # ldconfig's home, which Debian gives to root alone

main() {
  local part packages=()
  [[ $(uname) == Linux ]] || return 0 # elsewhere windows need nothing that pip does not bring
  for part in "$@"; do
    if is_there "$part"; then continue; fi
    if [[ $part == chromium ]] && is_ubuntu; then tell_ubuntu; else packages+=("$(package_of "$part")"); fi
  done
  if ((${#packages[@]})); then install "${packages[@]}"; fi
}

is_there() {
  case $1 in
    chromium) has chromium || has chromium-browser || has google-chrome ;;
    fonts) [[ -n $(find /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts -name '*.[ot]tf' -print -quit 2>/dev/null) ]] ;;
    imagemagick) has import ;; # its program that photographs a screen
    binutils) has objdump ;;
    gcc) has cc ;;
    libc6-dev) [[ -e /usr/include/stdio.h ]] ;;
    dbus-daemon | curl | espeak-ng | jwm | make | osslsigncode | openssl | shellcheck | sqlite3 | unzip | wixl | wrk | xdotool) has "$1" ;;
    desktop-file-utils) has desktop-file-validate ;;
    glib) has gio ;;
    icoutils) has wrestool ;;
    mime) has update-mime-database ;;
    msitools) has msiinfo ;;
    nsis) has makensis ;;
    squashfs-tools) has unsquashfs ;;
    venv) "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null ;;
    wine) has wine ;;
    wine64) [[ -e /usr/lib/wine/wine64 ]] || has wine64 ;;
    xdg-utils) has xdg-mime ;;
    webkitgtk) [[ $(ldconfig -p) == *libwebkit2gtk-4.1.so.0* ]] ;;
    x11-utils) has xprop && has xwininfo ;;
    x11-xserver-utils) has xrandr ;; # plugs monitors in and out
    xorg-dummy) has Xorg && [[ -n $(find /usr/lib/xorg -name dummy_drv.so -print -quit 2>/dev/null) ]] ;; # an X server with several monitors that nobody sees
    xvfb) has Xvfb ;;
    *) fail "setup_system.sh knows no part named '$1'." ;;
  esac
}

package_of() {
  case $1 in
    glib) echo libglib2.0-bin ;;
    mime) echo shared-mime-info ;;
    fonts) echo fonts-dejavu-core ;; # a bare machine has none, and a window without fonts shows boxes
    venv) echo "$("${PYTHON:-python3}" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')-venv" ;;
    webkitgtk) echo libwebkit2gtk-4.1-0 ;;
    xorg-dummy) echo xserver-xorg-video-dummy ;; # brings Xorg
    *) echo "$1" ;;
  esac
}

install() {
  if ! can_install; then
    say "These are missing, and cannot be installed from here: $*"
    say "On Debian or Ubuntu: sudo apt-get install --no-install-recommends $*"
    return 0
  fi
  say "Installing with apt: $*"
  local log
  log=$(mktemp)
  if ! apt update >"$log" 2>&1 || ! apt install --yes --no-install-recommends "$@" >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "apt could not install $*; going on without."
  fi
  rm -f "$log"
}

apt() {
  local become=(env)
  if ((EUID != 0)); then become=(sudo -n env); fi
  "${become[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@"
}

can_install() {
  has apt-get && { ((EUID == 0)) || sudo -n true 2>/dev/null; }
}

is_ubuntu() {
  [[ $(. /etc/os-release && echo "${ID:-}") == ubuntu ]]
}

tell_ubuntu() {
  say "Ubuntu has Chromium as a snap only, which apt cannot set up everywhere. For the tests in a browser, install"
  say "Google Chrome, or run: sudo snap install chromium"
}

has() { command -v "$1" >/dev/null; }
say() { echo "$*" >&2; }
fail() {
  say "$*"
  exit 2
}

main "$@"
