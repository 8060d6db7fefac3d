# shellcheck shell=bash
# The images of the tests, as root file systems that any engine can import. They are made of one static busybox, so that
# nothing is fetched; the one of Debian is made before, see debian.sh.

images_shell=smidr-test/busybox:1
images_noshell=smidr-test/noshell:1
images_debian=smidr-test/debian:1
# Images that are only in the registries, so that a pull has something to fetch. Each holds a random file of 1 MiB,
# so that no two share it; a test that pulls takes one for itself.
images_to_pull=(smidr-test/pull-a:1 smidr-test/pull-b:1 smidr-test/pull-c:1 smidr-test/pull-d:1 smidr-test/pull-e:1 smidr-test/pull-f:1)

images_make() {
  local busybox
  busybox=$(packages_busybox)
  images_make_shell "$busybox" "$bench_dir/images/busybox"
  images_make_noshell "$busybox" "$bench_dir/images/noshell"
  offer SMIDR_BENCH_IMAGE "$images_shell"
  offer SMIDR_BENCH_IMAGE_NOSHELL "$images_noshell"
  offer SMIDR_BENCH_IMAGE_DEBIAN "$images_debian"
  offer SMIDR_BENCH_PULL_IMAGES "${images_to_pull[*]}"
}

# A small system: every applet, root and `builder` (uid and gid 1000), a home, /tmp and /build.
images_make_shell() { # BUSYBOX DIRECTORY
  local applet
  mkdir -p "$2"/{bin,etc,proc,sys,dev,root,build,home/builder} "$2/tmp"
  cp "$1" "$2/bin/busybox"
  while read -r applet; do
    if [[ $applet != busybox ]]; then ln -s busybox "$2/bin/$applet"; fi
  done < <("$1" --list)
  printf 'root:x:0:0:root:/root:/bin/sh\nbuilder:x:1000:1000:builder:/home/builder:/bin/sh\n' >"$2/etc/passwd"
  printf 'root:x:0:\nbuilder:x:1000:\n' >"$2/etc/group"
  chmod 1777 "$2/tmp"
  chown 1000:1000 "$2/home/builder" "$2/build"
}

# No shell at all: busybox acts as the applet it is called by, and there is no name here that makes it a shell.
images_make_noshell() { # BUSYBOX DIRECTORY
  local applet
  mkdir -p "$2"/{bin,etc,proc,sys,dev} "$2/tmp"
  cp "$1" "$2/bin/sleep"
  for applet in cat echo true false id ps setsid; do ln "$2/bin/sleep" "$2/bin/$applet"; done
  printf 'root:x:0:0:root:/:\nbuilder:x:1000:1000:builder:/tmp:\n' >"$2/etc/passwd"
  chmod 1777 "$2/tmp"
}
