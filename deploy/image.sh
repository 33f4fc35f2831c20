#!/usr/bin/env bash
# Builds the images of the named services (all four without a name) with docker, podman or buildah,
# whichever works here. In this order: a docker whose daemon answers, podman, buildah.
#
#   TAG=0.1.0          the images' tag (default: dev)
#   BASE=IMAGE         another base image, made of Debian 12
#   BUILDER=buildah    take this builder
#   BUILDER_OPTIONS    more options for it
#
# pip's settings of this machine (files and environment) reach the build as secrets: package index,
# time-out and CA. No image and no file of this repository holds any of them.
set -euo pipefail
cd "$(dirname "$0")/.."
services=("$@")
((${#services[@]})) || services=(onboarding invitation credential-validator notifier)

secrets=$(mktemp -d)
trap 'rm -rf "$secrets"' EXIT

# pip's own answer to what is set here, later ones first: command line, environment, files.
pip_setting() {
  python3 -m pip config list 2>/dev/null | sed -n "s/^\(:env:\|global\|install\)\.$1='\(.*\)'$/\2/p" | head -1
}
{
  echo "[global]"
  for name in index-url trusted-host proxy default-timeout; do
    value=$(pip_setting "$name")
    [ -z "$value" ] || echo "$name = $value"
  done
  extra=$(pip_setting extra-index-url | tr ' ' '\n' | grep -v '^file:' | tr '\n' ' ' || true)
  [ -z "${extra// /}" ] || echo "extra-index-url = $extra"
} >"$secrets/pip.conf"
ca=$(pip_setting cert)
options=(--secret "id=pip.conf,src=$secrets/pip.conf")
if [ -n "$ca" ] && [ -r "$ca" ]; then
  echo "cert = /run/secrets/ca" >>"$secrets/pip.conf"
  options+=(--secret "id=ca,src=$ca")
fi

builder=${BUILDER:-}
if [ -z "$builder" ]; then
  if docker info >/dev/null 2>&1; then builder=docker
  elif command -v podman >/dev/null; then builder=podman
  elif command -v buildah >/dev/null; then builder=buildah
  else
    echo "No builder here: docker with a daemon, podman or buildah is needed." >&2
    echo "On Debian: deploy/install-tools.sh buildah" >&2
    exit 1
  fi
fi
case $builder in
  *buildah*) build=(build --layers) ;;
  *) build=(build) ;;
esac
[ -z "${BASE:-}" ] || options+=(--build-arg "BASE=$BASE")
# shellcheck disable=SC2206  # several words on purpose
options+=(${BUILDER_OPTIONS:-})

for service in "${services[@]}"; do
  image="tenantlink/$service:${TAG:-dev}"
  echo "== $image ($builder)"
  # shellcheck disable=SC2086
  DOCKER_BUILDKIT=1 $builder "${build[@]}" "${options[@]}" --build-arg "SERVICE=$service" \
    -f deploy/Dockerfile -t "$image" .
done
