# Removes the program that `install` has installed. What it keeps for its user stays.

main() {
  [ -d "$place" ] || fail "$name is not installed: there is no $place."
  refuse_if_running
  if [ "$(readlink "$link")" = "$place/$program" ]; then
    rm -f "$link"
  fi
  forget_shared
  rm -f "$applications/$id.desktop" "$autostart/$id.desktop"
  rm -rf "$place" "$place.new" "$place.old"
  tell_the_desktop
  echo "$name $version is removed. What you have made with it is still there."
}

# This file is among those that go: it is read to its end before the first of them does.
main && exit
