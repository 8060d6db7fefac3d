# shellcheck shell=bash
# The programs the bench is made of, from the distribution's own packages (Debian, Ubuntu).

# program:package, or program:package|package where distributions differ (the first one known to apt is taken).
packages_needs=(
  cc:build-essential
  docker-registry:docker-registry
  flock:util-linux
  htpasswd:apache2-utils
  ip:iproute2
  openssl:openssl
  setpriv:util-linux
  socat:socat
  ssh:openssh-client
  sshd:openssh-server
  unshare:util-linux
)

# Each file under engines/ may add its own.
for packages_engine in "$bench_scripts"/engines/*.sh; do
  # shellcheck source=/dev/null
  source "$packages_engine"
done

# `su` without a dash keeps the user's PATH, where these are missing.
export PATH=$PATH:/usr/sbin:/sbin

packages_has() { command -v "$1" >/dev/null; }

# The one program that must be linked statically, because it is all there is in the test images.
packages_busybox() {
  local file
  for file in /bin/busybox /usr/bin/busybox; do
    if [[ -x $file ]] && ! ldd "$file" >/dev/null 2>&1; then
      printf '%s\n' "$file"
      return
    fi
  done
  return 1
}

# Prints the packages that are missing, one a line.
packages_missing() {
  local need choice choices
  for need in "${packages_needs[@]}"; do
    if packages_has "${need%%:*}"; then continue; fi
    IFS='|' read -ra choices <<<"${need#*:}"
    for choice in "${choices[@]}"; do
      if [[ ${#choices[@]} -eq 1 || -n $(apt-cache show --no-all-versions "$choice" 2>/dev/null) ]]; then break; fi
    done
    printf '%s\n' "$choice"
  done
  if ! packages_busybox >/dev/null; then printf 'busybox-static\n'; fi
}

# Installs what is missing, where that is possible. Never fails: what is still missing afterwards is told by
# `namespace_missing`, and the tests that need it are counted as skipped.
packages_ensure() {
  local wanted
  mapfile -t wanted < <(packages_missing | sort -u)
  if ((${#wanted[@]} == 0)); then return 0; fi
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then return 0; fi
  say "installing ${wanted[*]}"
  apt-get update -qq >&2 || say "apt-get update failed; trying with the package lists at hand"
  mapfile -t wanted < <(packages_missing | sort -u) # now apt knows which of the alternatives exist
  packages_install_quietly "${wanted[@]}" || say "apt-get could not install ${wanted[*]}"
}

# Several of these packages start a service when installed (an ssh server among them) and again at every boot. The
# tests need the programs only: nothing is started, and what was not there before is not enabled either.
packages_install_quietly() {
  local policy=/usr/sbin/policy-rc.d mine='' status=0 unit
  local -a units_before
  mapfile -t units_before < <(packages_enabled_units)
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    mine=yes
  fi
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >&2 || status=$?
  if [[ -n $mine ]]; then rm -f "$policy"; fi
  while read -r unit; do
    if [[ " ${units_before[*]} " != *" $unit "* ]]; then systemctl --quiet disable "$unit" >&2 2>&1 || true; fi
  done < <(packages_enabled_units)
  return "$status"
}

packages_enabled_units() {
  if command -v systemctl >/dev/null; then
    systemctl list-unit-files --no-legend --state=enabled 2>/dev/null | awk '{ print $1 }' || true
  fi
}
