# A host of a fleet. What it is follows from fleet/clawlets.json, which comes in as the argument `clawlets`:
# `declaration` (the whole), `name` and `host` (this one's part), `source` (the project), `programs`.
{
  imports = [
    ./base.nix
    ./bots.nix
    ./cache.nix
    ./egress.nix
    ./firewall.nix
    ./identity.nix
    ./options.nix
    ./orchestrator.nix
    ./secrets.nix
    ./ssh.nix
    ./tailnet.nix
    ./users.nix
  ];
}
