# Where a program is installed for one user. HOME and the XDG variables may have any letters in them.

data=${XDG_DATA_HOME:-$HOME/.local/share}
place=$HOME/.local/opt/$id
commands=$HOME/.local/bin
link=$commands/$program
applications=$data/applications
autostart=${XDG_CONFIG_HOME:-$HOME/.config}/autostart

fail() {
  echo "$1" >&2
  exit 1
}

# A program that runs has its own files open, and would miss those that it has not read yet.
refuse_if_running() {
  real=$(cd "$place" 2>/dev/null && pwd -P) || return 0
  for process in /proc/[0-9]*; do
    case $(readlink "$process/exe" 2>/dev/null || true) in
      "$real"/*) fail "$name is running. Close it first." ;;
    esac
  done
}

# The icons and kinds of files that a folder of the program has: their paths are the same below the user's own share.
shared() {
  if [ -d "$1/share" ]; then
    (cd "$1/share" && find . -type f '(' -path './icons/*' -o -path './mime/*' ')')
  fi
}

forget_shared() {
  shared "$place" | while IFS= read -r file; do
    rm -f "$data/$file"
  done
}

tell_the_desktop() {
  if command -v update-desktop-database >/dev/null; then
    update-desktop-database "$applications" 2>/dev/null || true
  fi
  if command -v update-mime-database >/dev/null && [ -d "$data/mime/packages" ]; then
    update-mime-database "$data/mime" 2>/dev/null || true
  fi
  if [ -d "$data/icons/hicolor" ]; then
    touch "$data/icons/hicolor"
  fi
}
