{
  description = "A fleet of agent bots";

  inputs.clawlets.url = "github:clawlets/clawlets";

  # One system for each host of fleet/clawlets.json: `nixosConfigurations.<host>` and the package `<host>-system`.
  outputs = inputs: inputs.clawlets.lib.fleet {
    source = inputs.self;
    # NixOS modules of your own, for every host.
    modules = [ ];
  };
}
