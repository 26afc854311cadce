#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
#
# Makes a local stand-in for org.gnome.Platform and org.gnome.Sdk out of Debian
# packages, so that a real Flatpak manifest can be built, installed and run on
# a machine that cannot reach Flathub. For tests only: never publish the result.
#
#   flatpak-standin.sh WORKDIR [--suite trixie] [--branch 50] [--mirror URL]
#   flatpak-standin.sh WORKDIR --clean
#
# Needs flatpak, ostree, mmdebstrap, tar and a Debian mirror; no root if
# mmdebstrap can use user namespaces. Takes 5 to 8 minutes, keeps 3 GB, and
# 9 GB at the peak ($TMPDIR included). A second call with the same arguments
# does nothing. All is kept below WORKDIR, also the Flatpak installation, so a
# real org.gnome.Platform is neither used nor hurt:
#
#   export FLATPAK_USER_DIR=WORKDIR/installation
#   flatpak-builder --user --force-clean --repo=REPO BUILD MANIFEST.json
#
# Suites and the GNOME release whose libraries they carry:
#   trixie = GNOME 48 (GTK 4.18, libadwaita 1.7)
#   forky  = GNOME 51 (GTK 4.24, libadwaita 1.10), and it moves on
# --branch is only the label that a manifest asks for as runtime-version.
set -euo pipefail

usage() { sed -n '5,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit "${1:-2}"; }

suite=trixie branch= mirror= clean= work=
while [ $# -gt 0 ]; do
  case $1 in
    --suite) suite=${2:?}; shift ;;
    --branch) branch=${2:?}; shift ;;
    --mirror) mirror=${2:?}; shift ;;
    --clean) clean=1 ;;
    -h|--help) usage 0 ;;
    -*) usage ;;
    *) [ -z "$work" ] || usage; work=$1 ;;
  esac
  shift
done
[ -n "$work" ] || usage

# What the real runtime has, as Debian packages. What it has not (libolm,
# sqlcipher, cmark, libspelling, libshumate ...) must stay out, or a manifest
# that forgets to bundle it would still pass here.
platform="ca-certificates tzdata locales p11-kit p11-kit-modules
  fontconfig fonts-cantarell fonts-dejavu-core fonts-noto-color-emoji
  adwaita-icon-theme hicolor-icon-theme shared-mime-info gsettings-desktop-schemas
  libglib2.0-bin glib-networking libsoup-3.0-0 libjson-glib-1.0-0 libsecret-1-0
  libgtk-4-1 libgtk-4-bin libadwaita-1-0 libgtksourceview-5-0 libenchant-2-2
  hunspell-en-us libdex-1-1 libnotify4 libgcr-4-4 librsvg2-common libsqlite3-0
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
  gstreamer1.0-gl gstreamer1.0-gtk4 gstreamer1.0-pulseaudio gstreamer1.0-pipewire
  gstreamer1.0-nice gstreamer1.0-libav libpulse0 libcurl4t64
  libgl1-mesa-dri libegl1 libgles2"
sdk="build-essential meson ninja-build pkgconf cmake git gettext autoconf automake
  libtool bison flex valac blueprint-compiler gobject-introspection gi-docgen
  desktop-file-utils appstream appstream-compose libxml2-utils xsltproc python3
  patch gdb strace valgrind elfutils ccache
  libgtk-4-dev libadwaita-1-dev libsoup-3.0-dev libjson-glib-dev libsecret-1-dev
  libgtksourceview-5-dev libenchant-2-dev libdex-dev libnotify-dev libgcr-4-dev
  librsvg2-dev libsqlite3-dev libxml2-dev libssl-dev libcurl4-openssl-dev
  libpulse-dev libnice-dev libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  libgstreamer-plugins-bad1.0-dev"
case $suite in
  trixie) : "${branch:=50}"; platform+=" libgtk-4-media-gstreamer" ;;
  # since 49 with glycin, since 51 with libportal
  *) : "${branch:=51}"
     platform+=" glycin-loaders libglycin-gtk4-2-0 libportal1 libportal-gtk4-1 fonts-adwaita"
     sdk+=" libglycin-2-dev libglycin-gtk4-2-dev libportal-dev libportal-gtk4-dev" ;;
esac
locales="en_US fr_FR"
recipe=1 # raise it when make() changes: both runtimes are then made anew

mkdir -p "$work"
work=$(cd "$work" && pwd)
export FLATPAK_USER_DIR=$work/installation
repo=$work/runtime-repo

if [ -n "$clean" ]; then
  chmod -R u+rwX "$work"/{tree,runtime-repo,installation} 2>/dev/null || true
  rm -rf "$work"/{tree,runtime-repo,installation} "$work"/stamp-*
  rmdir --ignore-fail-on-non-empty "$work"
  exit
fi

for tool in flatpak ostree mmdebstrap tar; do
  command -v $tool >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
arch=$(flatpak --default-arch)

# make ID PACKAGES: one runtime, from the mirror into the repository
make() {
  local id=$1 packages tree=$work/tree stamp want
  packages=$(echo $2 | tr ' ' ,) # unquoted: the list has line breaks
  stamp=$work/stamp-$id-$branch
  want=$(echo "$recipe $suite $packages $locales" | sha256sum | cut -c1-16)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] &&
     ostree --repo="$repo" rev-parse "runtime/$id/$arch/$branch" >/dev/null 2>&1; then
    echo "$id//$branch is there"; return
  fi
  echo "making $id//$branch from $suite: two to four minutes"
  chmod -R u+rwX "$tree" 2>/dev/null || true; rm -rf "$tree"; mkdir -p "$tree"/{files,export,usr}

  # Only /usr and /etc make up a runtime; /etc lives in /usr/etc. A mirror that
  # lags behind has an expired release file: that is fine here. tar may stop
  # before the end of the stream; cat takes the rest, or mmdebstrap fails.
  mmdebstrap --quiet --variant=essential --include="$packages" \
    --dpkgopt=force-unsafe-io \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook="for l in $locales; do chroot \"\$1\" localedef -i \$l -f UTF-8 \$l.UTF-8; done" \
    "$suite" - ${mirror:+"$mirror"} |
    (tar -C "$tree" -x --no-same-owner --no-same-permissions ./usr ./etc && cat >/dev/null)
  mv "$tree/etc" "$tree/usr/etc"

  # flatpak calls ldconfig without a path, and writes its own /etc/ld.so.conf
  # (with /app/lib) only if that of the runtime is empty.
  ln -sf ../sbin/ldconfig "$tree/usr/bin/ldconfig"
  rm -f "$tree/usr/etc/ld.so.conf"; : >"$tree/usr/etc/ld.so.conf"
  # With these two, Debian's meson would install to /app/lib/<triplet>, not /app/lib.
  rm -f "$tree/usr/etc/debian_version"
  [ ! -d "$tree/usr/lib64" ] || { mv "$tree"/usr/lib64/* "$tree/usr/lib/"; rmdir "$tree/usr/lib64"; ln -s lib "$tree/usr/lib64"; }
  # Not of use in a sandbox, and partly not readable for others.
  rm -rf "$tree"/usr/etc/{apt,shadow,shadow-,gshadow,gshadow-,.pwd.lock,ssl/private}
  chmod -R u+rwX,go+rX "$tree/usr"

  # Fonts of the app and of the host, as flatpak mounts them.
  cat >"$tree/usr/etc/fonts/conf.d/50-flatpak.conf" <<-'EOF'
	<?xml version="1.0"?>
	<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
	<fontconfig>
	  <dir>/app/share/fonts</dir>
	  <dir>/run/host/fonts</dir>
	  <dir>/run/host/local-fonts</dir>
	  <dir>/run/host/user-fonts</dir>
	</fontconfig>
	EOF

  if [ "$id" = org.gnome.Sdk ]; then
    # Compiler flags like those of the real SDK.
    mkdir -p "$tree/usr/etc/flatpak-builder"
    echo '{"cflags": "-O2 -g -pipe -fstack-protector-strong -D_FORTIFY_SOURCE=3", "cxxflags": "-O2 -g -pipe -fstack-protector-strong -D_FORTIFY_SOURCE=3", "ldflags": "-L/app/lib -Wl,-z,relro,-z,now"}' \
      >"$tree/usr/etc/flatpak-builder/defaults.json"
    # flatpak-builder before 1.3 moves the metainfo file to share/appdata and
    # calls appstream-compose; move it back and hand over to appstreamcli.
    rm -f "$tree/usr/bin/appstream-compose"
    cat >"$tree/usr/bin/appstream-compose" <<-'EOF'
	#!/bin/sh
	id= p=/app
	for a; do case $a in --basename=*) id=${a#*=} ;; --prefix=*) p=${a#*=} ;; esac; done
	old=$p/share/appdata/$id.appdata.xml
	[ ! -e "$old" ] || { mkdir -p "$p/share/metainfo"; mv "$old" "$p/share/metainfo/$id.metainfo.xml"; }
	exec appstreamcli compose --prefix=/ --origin="$id" --result-root="$p" \
	  --data-dir="$p/share/app-info/xmls" --icons-dir="$p/share/app-info/icons/flatpak" \
	  --components="$id,$id.desktop" "$p"
	EOF
    chmod 755 "$tree/usr/bin/appstream-compose"
  fi

  local triplet; triplet=$(basename "$(dirname "$(ls "$tree"/usr/lib/*/libgtk-4.so.1)")")
  cat >"$tree/metadata" <<-EOF
	[Runtime]
	name=$id
	runtime=org.gnome.Platform/$arch/$branch
	sdk=org.gnome.Sdk/$arch/$branch

	[Environment]
	GI_TYPELIB_PATH=/app/lib/girepository-1.0
	GST_PLUGIN_SYSTEM_PATH=/app/lib/gstreamer-1.0:/usr/lib/$triplet/gstreamer-1.0
	XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share:/run/host/user-share:/run/host/share
	EOF

  # bare-user-only: files are stored as they are and hard-linked at installation.
  [ -d "$repo" ] || ostree --repo="$repo" init --mode=bare-user-only
  flatpak build-export --runtime --subject="stand-in from Debian $suite" "$repo" "$tree" "$branch" >/dev/null
  chmod -R u+rwX "$tree"; rm -rf "$tree"
  echo "$want" >"$stamp"
}

make org.gnome.Platform "$platform"
make org.gnome.Sdk "$platform $sdk"

flatpak --user remote-add --if-not-exists --no-gpg-verify --title="stand-in, tests only" standin "file://$repo"
flatpak --user install -y --noninteractive --or-update standin \
  "org.gnome.Platform/$arch/$branch" "org.gnome.Sdk/$arch/$branch"
ostree --repo="$repo" prune --refs-only >/dev/null
flatpak --user list --runtime --columns=application,branch,origin
echo "export FLATPAK_USER_DIR=$FLATPAK_USER_DIR"
