# What the flake gives: the function that turns a project into systems, the modules, the programs, and a shell to
# work in.
{ nixpkgs }:
let
  system = "x86_64-linux";
  pkgs = nixpkgs.legacyPackages.${system};
  programs = import ./packages.nix { inherit pkgs; };
in
{
  lib.fleet = import ./fleet.nix { inherit nixpkgs system; };
  nixosModules.default = { imports = [ ./modules ]; };
  packages.${system} = programs // {
    default = programs.clawlets;
    # Writes a disk to a server and makes a snapshot of it: the workflow cattle-image calls it.
    inherit (pkgs) hcloud-upload-image;
  };
  devShells.${system}.default = import ./shell.nix { inherit pkgs; };
}
