{
  description = "Fleets of agent bots that their operator can trust";

  # Any nixpkgs whose Rust is 1.95 or newer.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { nixpkgs, ... }: import ./nix { inherit nixpkgs; };
}
