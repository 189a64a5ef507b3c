# A host of a fleet. What it is follows from fleet/clawlets.json, which comes in as the argument `clawlets`:
# `declaration` (the whole), `name` and `host` (this one's part), `source` (the project), `programs`, `system`.
{
  imports = [
    ./base.nix
    ./bootstrap.nix
    ./bots.nix
    ./cache.nix
    ./egress.nix
    ./firewall.nix
    ./github.nix
    ./host-program.nix
    ./identity.nix
    ./memory.nix
    ./options.nix
    ./orchestrator.nix
    ./secrets.nix
    ./seed.nix
    ./ssh.nix
    ./tailnet.nix
    ./updates.nix
    ./users.nix
    ./watch.nix
  ];
}
