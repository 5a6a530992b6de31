#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A real Blender with a virtual screen, in a folder of its own: a Debian suite that ships Blender, with Xvfb and a GL
# that runs on the CPU.   setup.sh SUITE ROOT      (root; SUITE: trixie has Blender 4.3, sid has 5.2)
set -euo pipefail
SUITE=$1 ROOT=$2
export DEBIAN_FRONTEND=noninteractive
[ ! -e "$ROOT/.ready" ] || exit 0
command -v mmdebstrap >/dev/null || { apt-get update -qq; apt-get install -y -qq --no-install-recommends mmdebstrap; }
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | grep -m1 -E '/debian/?$')
rm -rf "$ROOT"
mkdir -p "$(dirname "$ROOT")"
# a mirror's sid index can be past its date; its signature is checked all the same
mmdebstrap --mode=root --variant=minbase \
  --include="blender xvfb scrot libgl1-mesa-dri libegl1 libegl-mesa0 libglx-mesa0 python3-numpy python3-requests python3-cattr" \
  --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
  --aptopt='Acquire::Languages "none"' --dpkgopt='force-unsafe-io' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  "$SUITE" "$ROOT" "$mirror" >"$ROOT.log" 2>&1 || { tail -20 "$ROOT.log" >&2; exit 1; }
mkdir -p "$ROOT/tmp/.X11-unix" "$ROOT/dev/shm"
chmod 1777 "$ROOT/tmp" "$ROOT/tmp/.X11-unix" "$ROOT/dev/shm"
touch "$ROOT/.ready"
