{
  description = "A fleet of agent bots";

  inputs.clawlets.url = "github:clawlets/clawlets";

  # The outputs follow from fleet/clawlets.json: one system and one image for each host, and the image of cattle.
  outputs = inputs: inputs.clawlets.lib.fleet {
    source = inputs.self;
    # NixOS modules of your own, for every host.
    modules = [ ];
  };
}
