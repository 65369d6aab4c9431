locals {
  # What finance and the catalog find it by.
  labels = {
    name        = var.name
    environment = var.environment
    owner       = var.owner
    module      = "terraform-document-store"
  }
}

# What the provider makes goes here, labelled with local.labels. This stands for it until then, so that the tests say
# something from the first day.
resource "terraform_data" "this" {
  input = {
    name   = "${var.environment}-${var.name}"
    labels = local.labels

    backup_days = var.backup_days
  }

  # It keeps data: remove this line, have it reviewed, and only then destroy it.
  lifecycle {
    prevent_destroy = true
  }
}
