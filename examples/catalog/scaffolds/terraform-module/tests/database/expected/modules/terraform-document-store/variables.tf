variable "name" {
  type        = string
  description = "What it is called in every environment: lower-case letters, digits and hyphens."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,40}$", var.name))
    error_message = "A name is made of lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "environment" {
  type        = string
  description = "Where it runs."

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "It may be used in: staging, production."
  }
}

variable "owner" {
  type        = string
  description = "The team that pays for it and is called."
  default     = "data"
}

variable "backup_days" {
  type        = number
  description = "For how long backups are kept."
  default     = 90

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 365
    error_message = "Backups are kept for a day at least, and a year at most."
  }
}
