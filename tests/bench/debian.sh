# shellcheck shell=bash
# The root file system of a Debian, small and with GNU's own tools, for what busybox does otherwise. It is made once,
# before the bench cuts itself off from the network, and kept as an archive for later runs.

packages_needs+=(debootstrap:debootstrap)

debian_release=bookworm
# Inside the bench the home is another.
export debian_archive=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/smidr-bench/debian-$debian_release.tar

# Makes it where it is not there yet. Never fails: `debian_missing` tells.
debian_ensure() {
  local dir
  if [[ -s $debian_archive ]] || ((EUID != 0)) || ! packages_has debootstrap; then return 0; fi
  say "making a Debian root file system"
  mkdir -p "$(dirname "$debian_archive")"
  # Beside the archive: where two runs make it at once, each makes its own, and either is right.
  dir=$(mktemp -d "$debian_archive.XXXXXX")
  if debian_make "$dir" >"$dir/log" 2>&1; then
    mv "$dir/tar" "$debian_archive"
  else
    tail -n 20 "$dir/log" >&2
  fi
  rm -rf "$dir"
}

debian_make() { # DIRECTORY
  local root=$1/root
  # shellcheck disable=SC2046 # no mirror is no word
  debootstrap --variant=minbase "$debian_release" "$root" $(debian_mirror) || return
  rm -rf "$root"/usr/share/{doc,man,info,locale} "$root"/var/{cache/apt,lib/apt/lists,log}/*
  printf 'builder:x:1000:1000:builder:/home/builder:/bin/bash\n' >>"$root/etc/passwd"
  printf 'builder:x:1000:\n' >>"$root/etc/group"
  install -d -o 1000 -g 1000 "$root/home/builder"
  tar -C "$root" --numeric-owner -cf "$1/tar" .
}

# Where this machine has its own Debian from; nothing where it is none: debootstrap knows one.
debian_mirror() {
  if ! grep -qx 'ID=debian' /etc/os-release; then return 0; fi
  # shellcheck disable=SC2016 # apt's own variable
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | head -n 1
}

# Why it is not there; nothing where it is.
debian_missing() {
  if [[ ! -s $debian_archive ]]; then printf 'a Debian root file system could not be made\n'; fi
}
