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
    cargoBuildFlags = [ "-p" "clawlets-cli" "-p" "clawlets-clf" "-p" "clawlets-orchestrator" ];
  };

  only = name: description: pkgs.runCommand "${name}-${version}"
    {
      meta = { inherit description; mainProgram = name; };
    } ''
    install -D -m 0755 ${workspace}/bin/${name} $out/bin/${name}
  '';
in
{
  clawlets = only "clawlets" "The operator's program";
  clf = only "clf" "The bots' program";
  clf-orchestrator = only "clf-orchestrator" "Runs tasks in disposable VMs";

  # The one program inside a disposable VM: static and small.
  clawlets-cattle = build pkgs.pkgsStatic.rustPlatform {
    pname = "clawlets-cattle";
    cargoBuildFlags = [ "-p" "clawlets-cattle" ];
    buildType = "guest";
  };

  # The unit files as they ship, with the program of this build.
  clf-units = pkgs.runCommand "clf-units-${version}" { } ''
    install -d $out/lib/systemd/system
    for unit in ${../systemd}/*.service ${../systemd}/*.socket ${../systemd}/*.timer; do
      sed 's|/usr/bin/clf-orchestrator|${only "clf-orchestrator" "Runs tasks in disposable VMs"}/bin/clf-orchestrator|' \
        "$unit" > "$out/lib/systemd/system/''${unit##*/}"
    done
  '';
}
