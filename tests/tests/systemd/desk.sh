#!/bin/sh
# Whoever publishes for the host web-1, on the same machine: a project, a key, a cache and a site.
#
#   desk.sh set-up
#   desk.sh publish NUMBER HEALTH [--for-somebody-else]
set -eu
export HOME=/root NIX_REMOTE=daemon NIX_CONFIG='experimental-features = nix-command'
fleet=/root/fleet
site=/srv/site

# A system whose switch script does to this host what a real one does: it says what runs, opens its secrets, restarts
# services, the updater among them, and then waits for all that the system is made of.
build() {
  cat > /root/system.nix <<NIX
derivation {
  name = "system-$1"; system = "x86_64-linux"; builder = "/bin/sh";
  args = [ "-c" ''
    PATH=/usr/bin:/bin
    mkdir -p \$out/bin \$out/sw/bin
    echo kernel > \$out/kernel
    echo > \$out/sw/bin/clawlets-host
    sed "s|@out@|\$out|g" \${./switch} > \$out/bin/switch-to-configuration
    chmod +x \$out/bin/switch-to-configuration
  '' ];
}
NIX
  cat > /root/switch <<SWITCH
#!/bin/sh
set -eu
PATH=/usr/bin:/bin
echo "\$1 $1" >> /etc/switched
case \$1 in test|switch)
  ln -sfn @out@ /run/current-system
  echo $2 > /run/health
  systemctl daemon-reload
  systemctl restart clawlets-secrets.service
  systemctl restart --no-block clawlets-update-apply.service
  systemctl start multi-user.target;;
esac
case \$1 in boot|switch) echo @out@ > /var/lib/boot-default;; esac
SWITCH
  nix-build --no-out-link -Q --option sandbox false --option substitute false /root/system.nix 2>/root/build.log ||
    { cat /root/build.log >&2; exit 1; }
}

# Moves a system to the cache: this host has nothing of it any more.
move_to_cache() {
  nix copy --to "file://$site/cache?secret-key=/root/cache.key&compression=none" "$1"
  nix-store --delete "$1" >/dev/null 2>&1
}

# The bundle of the secrets as they are, with a token that tells the release.
bundle() {
  printf 'made up %s' "$1" | clawlets secrets set token --host web-1 --dir $fleet >/dev/null
  clawlets secrets bundle --host web-1 --dir $fleet --out /root/bundle.tgz
}

set_up() {
  mkdir -p $site/cache
  nix key generate-secret --key-name cache-1 > /root/cache.key
  systemd-run --quiet --unit=site --property=StandardOutput=file:/run/site.url clawlets release serve $site
  until [ -s /run/site.url ]; do sleep 0.05; done
  url=$(head -n 1 /run/site.url)

  clawlets project init --dir $fleet --host web-1 --no-git-init
  cd $fleet
  clawlets release keygen --out /root/key --pub /root/key.pub
  clawlets bot add --bot maren
  clawlets config set hosts.web-1.provider local
  clawlets config set hosts.web-1.tailnet.mode none
  clawlets config set hosts.web-1.cache.substituters "[\"$url/cache\"]"
  clawlets config set hosts.web-1.cache.trustedPublicKeys "[\"$(nix key convert-secret-to-public < /root/cache.key)\"]"
  clawlets config set fleet.bots.maren.profile.secretFiles \
    '{"token":{"secretName":"token","targetPath":"/var/lib/clawlets/secrets/bots/maren/token"}}'
  clawlets host set --self-update --self-update-base-url "$url/releases" --self-update-probation 2s \
    --self-update-public-key "$(tail -n 1 /root/key.pub)"
  clawlets config set hosts.web-1.selfUpdate.health.checks \
    '[{"kind":"command","argv":["grep","-q","fine","/run/health"]}]'
  printf '{"secrets":{"token":"made up 0"}}' | clawlets secrets init --operator desk --from-json -

  # The host, as whoever set it up left it: with its key, its file, secrets, and a system.
  cp -a $fleet/.clawlets/extra-files/web-1/var/lib/clawlets/. /var/lib/clawlets/
  chown -R root:root /var/lib/clawlets
  clawlets host config --out /etc/clawlets/host.toml
  bundle 0
  clawlets-host secrets install --bundle /root/bundle.tgz --sha256 "$(sha256sum < /root/bundle.tgz | cut -c1-64)"
  system=$(build installed fine)
  ln -sfn "$system" /run/current-system
  nix-env -p /nix/var/nix/profiles/system --set "$system"
  echo "$system" > /var/lib/boot-default
}

publish() {
  cd $fleet
  system=$(build "$1" "$2")
  if [ "${3-}" = --for-somebody-else ]; then
    # A host of this name elsewhere, whose key is not this one's.
    cp -a $fleet /root/other && cd /root/other
    clawlets secrets rotate --host-key --host web-1 >/dev/null </dev/null
    fleet=/root/other
  fi
  bundle "$1"
  clawlets release manifest build --channel prod --release-id "$1" --toplevel "$system" --secrets /root/bundle.tgz \
    --rev 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a --site $site/releases
  clawlets release sign --in "$site/releases/web-1/prod/$1.json" --private-key-file /root/key
  move_to_cache "$system"
  clawlets release pointer write --channel prod --release-id "$1" --site $site/releases
  clawlets release sign --in $site/releases/web-1/prod/latest.json --private-key-file /root/key
  echo "$system"
}

case $1 in
  set-up) set_up ;;
  publish) shift; publish "$@" ;;
esac
