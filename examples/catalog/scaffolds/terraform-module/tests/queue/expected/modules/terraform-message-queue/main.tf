locals {
  # What finance and the catalog find it by.
  labels = {
    name        = var.name
    environment = var.environment
    owner       = var.owner
    module      = "terraform-message-queue"
  }
}

# What the provider makes goes here, labelled with local.labels. This stands for it until then, so that the tests say
# something from the first day.
resource "terraform_data" "this" {
  input = {
    name   = "${var.environment}-${var.name}"
    labels = local.labels
  }
}
