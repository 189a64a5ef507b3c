# Where the state of this module is kept: a bucket that you make beforehand, with versions, closed to the public.
# The same name belongs into settings.auto.tfvars.json.
#
# bucket = "my-fleet-state"
# region = "eu-central-1"
