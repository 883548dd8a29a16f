# Installs the program for the user who runs this, without any rights of an administrator, or updates what is installed.
# What the program keeps for its user is elsewhere, and stays as it is.

here=$(cd "$(dirname "$0")" && pwd -P)

main() {
  [ -f "$here/current" ] || fail "$here has no program in it. Unpack the whole archive, and run the install in it."
  [ "$here" != "$(cd "$place" 2>/dev/null && pwd -P)" ] || fail "$name is installed already: this is it."
  refuse_if_running
  is_first=yes
  [ ! -e "$place" ] || is_first=
  forget_shared
  copy_program
  register
  echo "$name $version is installed in $place. Start it from the menu, or with: $link"
  case ":$PATH:" in *":$commands:"*) ;; *) echo "(The folder $commands is not in your PATH.)" ;; esac
}

# The whole folder is put in place at once; what an update must not forget goes along: which releases it has seen.
copy_program() {
  mkdir -p "$(dirname "$place")"
  rm -rf "$place.new" "$place.old"
  cp -R "$here" "$place.new"
  if [ -d "$place/updates" ]; then
    rm -rf "$place.new/updates"
    cp -R "$place/updates" "$place.new/updates"
  fi
  if [ -e "$place" ]; then
    mv "$place" "$place.old"
  fi
  mv "$place.new" "$place"
  rm -rf "$place.old"
}

register() {
  mkdir -p "$commands" "$applications"
  if [ "$(readlink "$link")" = "$place/$program" ] || [ ! -e "$link" ]; then
    rm -f "$link"
    ln -s "$place/$program" "$link"
  else
    echo "($link is another program's, and stays so.)"
  fi
  with_path "$here/share/applications/$id.desktop" >"$applications/$id.desktop"
  shared "$here" | while IFS= read -r file; do
    mkdir -p "$(dirname "$data/$file")"
    cp "$here/share/$file" "$data/$file"
  done
  # Who has taken it out of the session's start does not want it back with the next version.
  if [ -n "$is_first" ] && [ -f "$here/share/autostart/$id.desktop" ]; then
    mkdir -p "$autostart"
    with_path "$here/share/autostart/$id.desktop" >"$autostart/$id.desktop"
  fi
  tell_the_desktop
}

# An entry of the archive, with the path of the installed program where it has a sign for it.
with_path() {
  plain=$(printf '%s\n' "$place/$program" | sed 's/\\/\\\\/g')
  quoted=$(printf '%s\n' "$place/$program" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
  while IFS= read -r line; do
    case $line in
      'Exec="@"'*) printf 'Exec="%s"%s\n' "$quoted" "${line#'Exec="@"'}" ;;
      'TryExec=@') printf 'TryExec=%s\n' "$plain" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$1"
}

main
