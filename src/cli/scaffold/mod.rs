//! `portal scaffold`: from a template to a service on the golden path.

mod action;
mod conflict;
mod deed;
mod destination;
mod json;
mod landing;
mod list;
mod making;
mod new;
mod outline;
mod questions;
mod refresh;
mod refusal;
mod saved;
mod show;
mod status;
mod test;
mod update;
mod workshop;

use clap::{Args, Subcommand, ValueEnum};

use super::{Failure, Global, Outcome};

/// Start a service from a template: files, CI, docs and its entity
///
/// A template is a folder `scaffolds/NAME` of the catalog, any other folder, or an address. Without a verb, lists the
/// templates of the catalog.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct Scaffold {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the templates of the catalog
    List(list::List),
    /// What a template asks, and what it makes
    Show(show::Show),
    /// Make a service from a template
    New(Box<new::New>),
    /// Hold templates against their tests
    Test(test::Test),
    /// Whether services are behind their templates
    Status(status::Status),
    /// Bring a service to the state of its template
    Update(Box<update::Update>),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

const EXAMPLES: &str = "Examples:
  portal scaffold                                  list the templates
  portal scaffold show http-service                what it asks, and what it makes
  portal scaffold new                              choose a template, answer, look, agree
  portal scaffold new http-service --set name=refunds --set owner=payments --no-input
  portal scaffold new http-service --dry-run       what would be written
  portal scaffold new https://github.com/acme/templates//go-service@v1.4.0
  portal scaffold test                             the tests of all templates
  portal scaffold status                           which services are behind
  portal scaffold update services/refunds          bring one to the template as it is now

Exit codes: 0 done; 1 an answer is refused, a template or the new entity is wrong, a test fails, a service is behind,
an update has conflicts; 2 answers are missing or it could not run; 130 interrupted, and nothing was written.";

impl Scaffold {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        match &self.verb {
            None => list::List::default().run(global),
            Some(Verb::List(verb)) => verb.run(global),
            Some(Verb::Show(verb)) => verb.run(global),
            Some(Verb::New(verb)) => verb.run(global),
            Some(Verb::Test(verb)) => verb.run(global),
            Some(Verb::Status(verb)) => verb.run(global),
            Some(Verb::Update(verb)) => verb.run(global),
        }
    }
}
