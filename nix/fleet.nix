# A project's outputs: one NixOS system for each host that fleet/clawlets.json declares.
{ nixpkgs, system }:
{
  # The project: what its own flake calls `self`.
  source
  # NixOS modules of the project, for every host.
, modules ? [ ]
}:
let
  inherit (nixpkgs) lib;
  declaration = import ./declaration.nix { inherit lib; } "${source}/fleet/clawlets.json";
  programs = import ./packages.nix { pkgs = nixpkgs.legacyPackages.${system}; };

  machine = name: host: lib.nixosSystem {
    specialArgs.clawlets = { inherit declaration host name programs source; };
    modules = [
      ./modules
      (./machines + "/${host.provider}.nix")
      { nixpkgs.hostPlatform = system; }
    ] ++ modules;
  };
  nixosConfigurations = lib.mapAttrs machine declaration.hosts;

  named = name: toplevel: { "${name}-system" = toplevel; };
  outputs = name: host:
    let
      toplevel = nixosConfigurations.${name}.config.system.build.toplevel;
      hasAlias = host.flakeHost != "" && !(declaration.hosts ? ${host.flakeHost});
    in
    named name toplevel // lib.optionalAttrs hasAlias (named host.flakeHost toplevel);
in
{
  inherit nixosConfigurations;
  packages.${system} = lib.foldl' (all: name: all // outputs name declaration.hosts.${name}) { }
    (lib.attrNames declaration.hosts);
}
