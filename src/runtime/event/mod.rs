//! Events: what happened that automations wait for, and what they see of it.
//!
//! Port's events are those of entities and runs; scores, initiatives and schedules are portal's additions. An event is a
//! name and a few words; what a condition or a template sees of it is made for those that an automation waits for, by a
//! [`Scene`].

mod change;
mod ended;
mod scene;
#[cfg(test)]
mod tests;

use super::request::EntityName;
use super::run::Run;
use crate::model::instant::Instant;

pub use change::{Parents, between};
pub use ended::of_runs;
pub use scene::Scene;

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// An entity is new.
    EntityCreated,
    /// What is written of an entity is not what it was.
    EntityUpdated,
    /// An entity is gone.
    EntityDeleted,
    /// The time of an entity is over.
    TimerExpired,
    /// A run of an action has begun.
    RunCreated,
    /// A run of an action has ended.
    RunUpdated,
    /// An entity has fallen to a lower level.
    ScorecardDegraded,
    /// An entity has risen to a higher level.
    ScorecardImproved,
    /// An entity fails a rule that it passed.
    RuleFailed,
    /// The deadline of an initiative has passed, and something is left.
    InitiativeOverdue,
    /// It is time.
    Schedule,
}

impl What {
    /// Returns the name that automations wait for it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::EntityCreated => "ENTITY_CREATED",
            Self::EntityUpdated => "ENTITY_UPDATED",
            Self::EntityDeleted => "ENTITY_DELETED",
            Self::TimerExpired => "TIMER_PROPERTY_EXPIRED",
            Self::RunCreated => "RUN_CREATED",
            Self::RunUpdated => "RUN_UPDATED",
            Self::ScorecardDegraded => "scorecard.degraded",
            Self::ScorecardImproved => "scorecard.improved",
            Self::RuleFailed => "rule.failed",
            Self::InitiativeOverdue => "initiative.overdue",
            Self::Schedule => "schedule",
        }
    }

    /// Returns whether an automation that waits for the event called `name` waits for it.
    pub fn is_meant_by(self, name: &str) -> bool {
        match name {
            "ANY_ENTITY_CHANGE" => {
                matches!(self, Self::EntityCreated | Self::EntityUpdated | Self::EntityDeleted)
            }
            "ANY_RUN_CHANGE" => matches!(self, Self::RunCreated | Self::RunUpdated),
            name => name == self.name(),
        }
    }

    /// Returns Port's word for what was done; `None` of what Port does not know.
    fn action(self) -> Option<&'static str> {
        match self {
            Self::EntityCreated | Self::RunCreated => Some("CREATE"),
            Self::EntityUpdated | Self::RunUpdated => Some("UPDATE"),
            Self::EntityDeleted => Some("DELETE"),
            Self::TimerExpired => Some("TIMER_EXPIRED"),
            _ => None,
        }
    }

    /// Returns Port's word for what it was done to.
    fn resource(self) -> &'static str {
        match self {
            Self::EntityCreated | Self::EntityUpdated | Self::EntityDeleted | Self::TimerExpired => "entity",
            Self::RunCreated | Self::RunUpdated => "run",
            Self::ScorecardDegraded | Self::ScorecardImproved | Self::RuleFailed => "scorecard",
            Self::InitiativeOverdue => "initiative",
            Self::Schedule => "schedule",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What.
    pub what: What,
    /// The entity that it happened to; of a run, the one that it was about.
    pub entity: Option<EntityName>,
    /// What there is to say about it.
    pub about: About,
    /// The run that made it happen; `None` of what people did, and of time.
    pub parent: Option<Parent>,
}

/// What there is to say about an event.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// Of an entity that changed, the properties, relations and other values that differ: `size`, `$title`.
    Entity(Vec<String>),
    /// The property that says until when.
    Timer {
        /// The property.
        property: String,
        /// Until when.
        deadline: Instant,
    },
    /// How an entity scores.
    Score {
        /// The scorecard.
        scorecard: String,
        /// The rule that fails.
        rule: Option<String>,
        /// The level that it had.
        before: Option<String>,
        /// The level that it has.
        after: Option<String>,
    },
    /// A run of an action.
    Run(Box<Run>),
    /// An initiative.
    Initiative {
        /// Its position among the initiatives of the catalog.
        number: usize,
        /// Its identifier.
        identifier: String,
        /// The first instant after its last day.
        deadline: Instant,
    },
    /// A schedule.
    Schedule {
        /// The cron expression.
        expression: String,
        /// When it was due.
        due: Instant,
    },
}

/// A run that made something happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The run.
    pub run: String,
    /// How many runs led to it.
    pub depth: u32,
}

impl Event {
    /// Returns the action of the run that it is about.
    pub fn action(&self) -> Option<&str> {
        match &self.about {
            About::Run(run) => run.action.as_deref(),
            _ => None,
        }
    }

    /// Returns the scorecard that it is about.
    pub fn scorecard(&self) -> Option<&str> {
        match &self.about {
            About::Score { scorecard, .. } => Some(scorecard),
            _ => None,
        }
    }

    /// Returns the rule that fails.
    pub fn rule(&self) -> Option<&str> {
        match &self.about {
            About::Score { rule, .. } => rule.as_deref(),
            _ => None,
        }
    }

    /// Returns the initiative that is overdue.
    pub fn initiative(&self) -> Option<&str> {
        match &self.about {
            About::Initiative { identifier, .. } => Some(identifier),
            _ => None,
        }
    }

    /// Returns whether `property` is the timer that it is about, or among the values that changed; `None` of what is about
    /// no property: an entity that is new or gone has all of them, or none.
    pub fn touches(&self, property: &str) -> Option<bool> {
        match (&self.about, self.what) {
            (About::Timer { property: own, .. }, _) => Some(own == property),
            (About::Entity(changed), What::EntityUpdated) => {
                Some(changed.iter().any(|name| name == property))
            }
            _ => None,
        }
    }

    /// Returns what tells it from all other events of a commit or an instant: the same in every run.
    pub fn identity(&self) -> Vec<String> {
        let mut parts = vec![self.what.name().to_string()];
        if let Some(entity) = &self.entity {
            parts.extend([entity.blueprint.clone(), entity.identifier.clone()]);
        }
        match &self.about {
            About::Entity(_) => {}
            // By the instant: the same one written otherwise is no new deadline.
            About::Timer { property, deadline } => {
                parts.extend([property.clone(), deadline.millis().to_string()]);
            }
            About::Score { scorecard, rule, .. } => {
                parts.extend([scorecard.clone(), rule.clone().unwrap_or_default()]);
            }
            About::Run(run) => parts.push(run.id.clone()),
            About::Initiative { identifier, deadline, .. } => {
                parts.extend([identifier.clone(), deadline.millis().to_string()]);
            }
            About::Schedule { due, .. } => parts.push(due.millis().to_string()),
        }
        parts
    }

    /// Returns what people call what it happened to: `Service/checkout`, a run, an initiative; nothing of a schedule.
    pub fn subject(&self) -> String {
        match (&self.about, &self.entity) {
            (About::Run(run), _) => run.id.clone(),
            (About::Initiative { identifier, .. }, _) => identifier.clone(),
            (_, Some(entity)) => format!("{}/{}", entity.blueprint, entity.identifier),
            (_, None) => String::new(),
        }
    }
}
