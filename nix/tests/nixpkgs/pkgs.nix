# Packages: real derivations that any machine with a shell can build. A build of the workspace takes the programs that
# cargo has built already, from the folder that built.nix names.
let
  system = "x86_64-linux";
  runCommand = name: environment: script: derivation (removeAttrs environment [ "meta" ] // {
    inherit name system;
    builder = "/bin/sh";
    args = [ "-c" "set -eu; export PATH=/usr/bin:/bin; ${script}" ];
  }) // { meta = environment.meta or { }; };
  writeText = name: text: runCommand name { inherit text; } ''printf '%s' "$text" > $out'';
  empty = name: runCommand name { } "mkdir -p $out/bin";
  built = import ./built.nix;
  rustPlatform.buildRustPackage = { pname, version, src, cargoLock, cargoBuildFlags, doCheck, buildType ? "release" }:
    runCommand "${pname}-${version}"
      { inherit src; lock = cargoLock.lockFile; flags = cargoBuildFlags; inherit doCheck buildType; } ''
      test -f "$src/Cargo.lock" && cmp "$src/Cargo.lock" "$lock"
      mkdir -p $out/bin
      for program in clawlets clf clf-orchestrator clawlets-host; do ln -s ${built}/$program $out/bin/$program; done
    '';
in
{
  inherit runCommand rustPlatform writeText;
  pkgsStatic = { inherit rustPlatform; };
  writeShellScript = name: text: runCommand name { inherit text; } ''
    printf '#!/bin/bash\n%s' "$text" > $out
    chmod +x $out
  '';
  mkShell = { packages }: runCommand "shell" { inherit packages; } "mkdir $out";
} // builtins.listToAttrs (map (name: { inherit name; value = empty name; }) [
  "age"
  "bash"
  "bubblewrap"
  "busybox"
  "cargo"
  "cargo-deny"
  "clippy"
  "coreutils"
  "curl"
  "gawk"
  "git"
  "gnugrep"
  "gnused"
  "grub2"
  "hcloud"
  "hcloud-upload-image"
  "iproute2"
  "jq"
  "minisign"
  "nix"
  "nodejs"
  "openclaw"
  "openssh"
  "openssl"
  "python3"
  "qemu"
  "rustc"
  "rustfmt"
  "shadow"
  "sops"
  "stunnel"
  "systemd"
  "tailscale"
])
