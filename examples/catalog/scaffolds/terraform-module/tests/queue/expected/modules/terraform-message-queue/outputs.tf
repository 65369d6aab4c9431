output "name" {
  description = "What it is called in its environment."
  value       = terraform_data.this.output.name
}

output "labels" {
  description = "What it is labelled with."
  value       = local.labels
}
