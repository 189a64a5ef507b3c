{
  description = "As much of nixpkgs as the modules of Clawlets use, for machines that cannot have nixpkgs";

  outputs = _: import ./.;
}
