# The functions of nixpkgs' `lib` that the modules use, with the same names and meaning.
let
  plain = import ./plain.nix;
  types = import ./types.nix { lib = plain; inherit merge; };
  merge = import ./merge.nix { lib = plain; };
  evalModules = import ./modules.nix { lib = whole; inherit merge; };
  whole = plain // {
    inherit evalModules types;
    inherit (merge) mkDefault mkForce mkIf mkMerge mkOption mkOverride;
  };
in
whole
