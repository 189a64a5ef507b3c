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
    specialArgs.clawlets = { inherit declaration host name programs source system; };
    modules = [
      ./modules
      (./machines + "/${host.provider}.nix")
      { nixpkgs.hostPlatform = system; }
    ] ++ modules;
  };
  nixosConfigurations = lib.mapAttrs machine declaration.hosts;

  # The disk that a host boots from where it cannot be installed over SSH.
  variant = host: if host.provider == "aws" then "amazon" else "raw";
  cattleImage = (lib.nixosSystem {
    specialArgs.clawlets = { inherit programs; };
    modules = [ ./cattle-image.nix { nixpkgs.hostPlatform = system; } ];
  }).config.system.build.images.raw;

  named = name: build: host: {
    "${name}-system" = build.toplevel;
    "${name}-image" = build.images.${variant host};
  };
  outputs = name: host:
    let
      inherit (nixosConfigurations.${name}.config.system) build;
      hasAlias = host.flakeHost != "" && !(declaration.hosts ? ${host.flakeHost});
    in
    named name build host // lib.optionalAttrs hasAlias (named host.flakeHost build host);
in
{
  inherit nixosConfigurations;
  packages.${system} = lib.foldl' (all: name: all // outputs name declaration.hosts.${name})
    {
      clawlets-cattle-image = cattleImage;
      # As it was called before.
      clawdlets-cattle-image = cattleImage;
      cattle-x86_64-linux-hcloud-image = cattleImage;
    }
    (lib.attrNames declaration.hosts);
}
