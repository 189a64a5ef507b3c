# Reads fleet/clawlets.json and fills in what it leaves out. What is valid is decided by `clawlets config validate`; the
# defaults in defaults.nix are held against those of the program by a test.
{ lib }:
path:
let
  defaults = import ./defaults.nix;
  file = builtins.fromJSON (builtins.readFile path);
  version = file.schemaVersion or 0;
  whole = lib.recursiveUpdate defaults.declaration (removeAttrs file [ "hosts" ]);
  host = name: given:
    let filled = lib.recursiveUpdate defaults.host given; in
    if filled.aws.bootstrapPrefix != "" then filled
    else lib.recursiveUpdate filled { aws.bootstrapPrefix = "bootstrap/${name}"; };
in
if version != 13 then
  throw "fleet/clawlets.json is of version ${toString version} and not 13: 'clawlets config migrate' rewrites it"
else
  whole // {
    hosts = lib.mapAttrs host (file.hosts or { });
    fleet = whole.fleet // {
      bots = lib.mapAttrs (_: lib.recursiveUpdate defaults.bot) whole.fleet.bots;
    };
  }
