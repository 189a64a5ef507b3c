# What an input `nixpkgs` gives: `lib`, the packages, and `nixosSystem`. With nixpkgs' own `lib` in place of the folder
# `lib`, the same modules are evaluated by the module system that NixOS has.
let
  lib = import ./lib;
  pkgs = import ./pkgs.nix;
  nixosSystem = { modules, specialArgs ? { } }: lib.evalModules {
    modules = [ ./options.nix ./system.nix ] ++ modules;
    specialArgs = specialArgs // { inherit pkgs; modulesPath = toString ./modules; };
  };
in
{
  lib = lib // { inherit nixosSystem; };
  legacyPackages.x86_64-linux = pkgs;
}
