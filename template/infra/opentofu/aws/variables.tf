# 'clawlets fleet tfvars' writes all of these but the last three from fleet/clawlets.json. None that something depends on has a
# default: a run that lacks one fails, instead of planning the end of what depends on it.

variable "aws_region" {
  description = "Where everything is."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$", var.aws_region))
    error_message = "A region such as eu-central-1."
  }
}

variable "bucket" {
  description = "The bucket that holds what instances start from: aws.bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "The name of a bucket. Set aws.bucket in fleet/clawlets.json."
  }
}

variable "secrets_prefix" {
  description = "What the names of the fleet's secrets begin with: aws.secretsPrefix."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]+$", var.secrets_prefix))
    error_message = "Letters, digits and /_+=.@- only, and not nothing: else an instance could read every secret of the account."
  }
}

variable "control_repo" {
  description = "The GitHub repository whose workflow deploys, as owner/name: control.repo."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.control_repo))
    error_message = "A repository as owner/name. Set control.repo in fleet/clawlets.json."
  }
}

variable "control_workflow" {
  description = "The file name of the workflow that deploys: control.workflow."
  type        = string
  default     = "fleet-deploy.yml"
  nullable    = false
}

variable "control_ref" {
  description = "The branch that the workflow is started on: control.ref."
  type        = string
  default     = "main"
  nullable    = false
}

variable "control_settings" {
  description = "More variables of the control API's function, such as DISCORD_PUBLIC_KEY and DISCORD_USERS. No secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for name in keys(var.control_settings) : contains([
        "CONTROL_LOG", "DISCORD_PUBLIC_KEY", "DISCORD_USERS", "GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID", "TELEGRAM_USERS",
      ], name)
    ])
    error_message = "Only settings that are no secrets: tokens are in Secrets Manager, below control/ behind the prefix."
  }
}

variable "control_url" {
  description = "Where instances reach the control API: control.url. The output control_api_url says where this module's is."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.control_url == "" || can(regex("^https?://[A-Za-z0-9.:/_-]+$", var.control_url))
    error_message = "A URL, or nothing."
  }
}

variable "instances" {
  description = "The hosts at AWS, as 'clawlets fleet instances --json' prints them."
  nullable    = false
  type = map(object({
    host               = string
    instanceType       = string
    bootstrapPrefix    = string
    discordTokenSecret = string
    rootVolumeGb       = optional(number)
    sshCidrs           = optional(list(string), [])
  }))

  validation {
    condition     = alltrue([for name in keys(var.instances) : can(regex("^[a-z]([a-z0-9-]{0,46}[a-z0-9])?$", name)) && name != "all"])
    error_message = "An instance is named like a host: small letters, digits and dashes, at most 48."
  }

  validation {
    condition = alltrue([
      for instance in var.instances : can(regex("^[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*$", instance.bootstrapPrefix))
    ])
    error_message = "A prefix is words with slashes between them."
  }

  validation {
    condition     = alltrue([for instance in var.instances : split("/", instance.bootstrapPrefix)[0] != "images"])
    error_message = "Below images/ lie disks that are about to become images."
  }

  validation {
    condition = alltrue(flatten([
      for a, one in var.instances : [
        for b, other in var.instances : a == b || !startswith("${other.bootstrapPrefix}/", "${one.bootstrapPrefix}/")
      ]
    ]))
    error_message = "The prefix of one instance must not be, or be within, the prefix of another: it could read what is there."
  }

  validation {
    condition = alltrue([
      for instance in var.instances : can(regex("^[A-Za-z0-9/_+=.@-]*$", instance.discordTokenSecret)) && !startswith(instance.discordTokenSecret, "control/")
    ])
    error_message = "The name of a secret: letters, digits and /_+=.@- only, and none of the control API's."
  }

  validation {
    condition = alltrue(flatten([
      for instance in var.instances : [
        for cidr in instance.sshCidrs : can(cidrhost(cidr, 0)) && tonumber(split("/", cidr)[1]) >= (strcontains(cidr, ":") ? 16 : 8)
      ]
    ]))
    error_message = "SSH is never open to the world: at least /8, or /16 of IPv6. With none, Session Manager is the way in."
  }
}

variable "state_bucket" {
  description = "The bucket of this module's state, as in backend.hcl. The workflow that deploys may read and write it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "The name of a bucket, as in backend.hcl."
  }
}

variable "root_volume_size_gb" {
  description = "The disk of an instance that does not say how large its own is."
  type        = number
  default     = 40
  nullable    = false

  validation {
    condition     = var.root_volume_size_gb >= 20 && var.root_volume_size_gb <= 16384
    error_message = "Between 20 and 16384."
  }
}

variable "ssh_public_key" {
  description = "The key that opens instances where SSH is open. Empty: none, and Session Manager is the way in."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.ssh_public_key == "" || can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+( [^\\n]*)?$", var.ssh_public_key))
    error_message = "A public key on one line."
  }
}

variable "vpc_id" {
  description = "The network. Empty: the region's default one."
  type        = string
  default     = ""
  nullable    = false
}

variable "subnet_ids" {
  description = "Its subnets, one for each zone, the instances' first. Empty: the default ones."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "control_package" {
  description = "The zip of the control API's function. Where the file is missing, the function stays as it is."
  type        = string
  default     = "clawlets-control.zip"
  nullable    = false
}

variable "github_oidc_provider_arn" {
  description = "GitHub's identity provider, if the account has one already. Empty: this module makes it."
  type        = string
  default     = ""
  nullable    = false
}

variable "ami_id" {
  description = "The image of an instance that is made or replaced now. Instances that stand keep theirs. Empty: no instances."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.ami_id == "" || can(regex("^ami-[0-9a-f]{8,17}$", var.ami_id))
    error_message = "An image such as ami-0123456789abcdef0, or nothing."
  }
}

variable "deploy_request" {
  description = "The deploy that an instance which is made or replaced now belongs to."
  type        = string
  default     = "by-hand"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", var.deploy_request))
    error_message = "At most 64 letters, digits, dots, dashes and underscores."
  }
}
