# The programs as packages. One build of the workspace; each package takes its program out of it.
{ pkgs }:
let
  manifest = builtins.fromTOML (builtins.readFile ../Cargo.toml);
  inherit (manifest.workspace.package) version;

  # What cargo reads. A change of a page or of a module builds nothing anew.
  parts = [ "Cargo.toml" "Cargo.lock" "bench" "crates" "template" "tests" ];
  root = toString ../.;
  source = builtins.path {
    path = ../.;
    name = "clawlets-source";
    filter = path: _:
      let
        below = builtins.substring (builtins.stringLength root + 1) (builtins.stringLength path) path;
        first = builtins.head (builtins.filter builtins.isString (builtins.split "/" below));
      in
      builtins.elem first parts;
  };

  build = platform: arguments: platform.buildRustPackage ({
    inherit version;
    src = source;
    cargoLock.lockFile = ../Cargo.lock;
    # `make test` runs the tests: they start virtual machines, which a build must not.
    doCheck = false;
  } // arguments);

  workspace = build pkgs.rustPlatform {
    pname = "clawlets-workspace";
    cargoBuildFlags = [ "-p" "clawlets-cli" "-p" "clawlets-clf" "-p" "clawlets-orchestrator" "-p" "clawlets-host" ];
  };

  # The unit files of a program as they ship, with the program of this build.
  units = package: prefix: program: pkgs.runCommand "${package}-${version}" { } ''
    install -d $out/lib/systemd/system
    for unit in ${../systemd}/${prefix}*.service ${../systemd}/${prefix}*.socket ${../systemd}/${prefix}*.timer; do
      test -e "$unit" || continue
      sed 's|/usr/bin/${program.meta.mainProgram}|${program}/bin/${program.meta.mainProgram}|' \
        "$unit" > "$out/lib/systemd/system/''${unit##*/}"
    done
  '';

  only = name: description: pkgs.runCommand "${name}-${version}"
    {
      meta = { inherit description; mainProgram = name; };
    } ''
    install -D -m 0755 ${workspace}/bin/${name} $out/bin/${name}
  '';
in
rec {
  clawlets = only "clawlets" "The operator's program";
  # The verbs of the shared memory are also found under names of their own.
  clf = pkgs.runCommand "clf-${version}"
    {
      meta = { description = "The bots' program"; mainProgram = "clf"; };
    } ''
    install -D -m 0755 ${workspace}/bin/clf $out/bin/clf
    for name in memory-read memory-write memory-edit; do ln -s clf $out/bin/$name; done
  '';
  clf-orchestrator = only "clf-orchestrator" "Runs tasks in disposable VMs";
  clawlets-control = only "clawlets-control" "The control API: deploys asked for from chats and terminals";
  clawlets-host = only "clawlets-host" "Applies a host's releases, and opens its secrets";

  # The one program inside a disposable VM: static and small.
  clawlets-cattle = build pkgs.pkgsStatic.rustPlatform {
    pname = "clawlets-cattle";
    cargoBuildFlags = [ "-p" "clawlets-cattle" ];
    buildType = "guest";
  };

  clf-units = units "clf-units" "clf-" clf-orchestrator;
  clawlets-host-units = units "clawlets-host-units" "clawlets-" clawlets-host;
}
