//! Icons: our own simple set, and the names that Port gives its icons.
//!
//! A page carries the paths of the icons it uses at its end, for browsers refuse to read them from another file
//! when a site is opened from a disk.

use minijinja::Value;
use rustc_hash::FxHashMap;

use super::record::{list, record};

/// The drawings: one `symbol` a line, with one path.
const DRAWINGS: &str = include_str!("../../templates/icons.svg");

/// What is shown for a name that is not known.
const UNKNOWN: &str = "package";

record! {
    /// The drawing of an icon.
    Drawing { id, path }
}

/// An icon of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Icon(u8);

/// The set of icons.
#[derive(Debug)]
pub(super) struct Icons {
    drawings: Vec<(Value, Value)>,
    index: FxHashMap<&'static str, Icon>,
    unknown: Icon,
}

impl Icons {
    /// Returns the set.
    pub(super) fn new() -> Self {
        let mut icons = Self { drawings: Vec::new(), index: FxHashMap::default(), unknown: Icon(0) };
        for line in DRAWINGS.lines() {
            if let (Some(id), Some(path)) = (attribute(line, " id=\""), attribute(line, " d=\"")) {
                let icon = Icon(u8::try_from(icons.drawings.len()).expect("fewer than 256 icons are drawn"));
                icons.drawings.push((Value::from(id), Value::from(path)));
                icons.index.insert(id, icon);
            }
        }
        icons.unknown = icons.index[UNKNOWN];
        icons
    }

    /// Returns the icon drawn as `id`.
    pub(super) fn drawn(&self, id: &str) -> Icon {
        self.index.get(id).copied().unwrap_or(self.unknown)
    }

    /// Returns the icon for a name of Port's; when there is none, one that says "some thing".
    pub(super) fn find(&self, name: Option<&str>) -> Icon {
        let ours = name.and_then(|name| PORT.iter().find(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name))));
        ours.map_or(self.unknown, |(id, _)| self.drawn(id))
    }

    /// Returns the id of an icon's path on a page.
    pub(super) fn id(&self, icon: Icon) -> Value {
        self.drawings[icon.0 as usize].0.clone()
    }
}

/// The icons that a page uses.
#[derive(Debug)]
pub(super) struct Used<'a> {
    icons: &'a Icons,
    used: Vec<Icon>,
}

impl<'a> Used<'a> {
    /// Returns a page's list, empty.
    pub(super) fn new(icons: &'a Icons) -> Self {
        Self { icons, used: Vec::new() }
    }

    /// Adds an icon and returns the id of its path.
    pub(super) fn add(&mut self, icon: Icon) -> Value {
        if !self.used.contains(&icon) {
            self.used.push(icon);
        }
        self.icons.id(icon)
    }

    /// Adds the icon drawn as `id`.
    pub(super) fn add_drawn(&mut self, id: &str) -> Value {
        self.add(self.icons.drawn(id))
    }

    /// Returns the drawings for the end of the page.
    pub(super) fn drawings(&self) -> Value {
        let drawing = |icon: &Icon| {
            let (id, path) = self.icons.drawings[icon.0 as usize].clone();
            Drawing { id, path }
        };
        list(self.used.iter().map(drawing))
    }
}

/// Returns the value after `start` up to the next quote.
fn attribute<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(start)?;
    rest.split_once('"').map(|(value, _)| value)
}

/// Which of our drawings stands for which of Port's icons.
const PORT: &[(&str, &[&str])] = &[
    ("service", &["Service", "Microservice", "Cloud", "Server", "Deployment", "Terminal", "CPU", "GPU", "Go", "Node", "Python", "Java", "Rust", "NodeJS", "Flask", "Django", "SpringBoot", "Spring"]),
    ("api", &["API", "Swagger", "GraphQL", "RestApi", "gRPC", "Interface", "Curl", "Code", "Bolt"]),
    ("database", &["Database", "DB", "Storage", "Postgres", "PostgreSQL", "MySQL", "MongoDB", "Redis", "DynamoDB", "RDS", "BigQuery", "Snowflake", "Elastic", "ElasticSearch", "SQL", "Cassandra", "AmazonRDS"]),
    ("queue", &["Queue", "SQS", "SNS", "Kafka", "RabbitMQ", "PubSub", "ServiceBus", "EventBridge", "Stream", "Webhook", "Event"]),
    ("bucket", &["Bucket", "S3", "S3Bucket", "BlobStorage", "CloudStorage", "Archive"]),
    ("team", &["Team", "TwoUsers", "Users", "Group", "Groups", "Organization", "Department"]),
    ("user", &["User", "Person", "Customer", "Users2", "Leader", "Permission", "Rota"]),
    ("domain", &["Domain", "Portfolio", "Business", "Grid", "Template", "Layers"]),
    ("system", &["System", "Blueprint", "Blueprints", "Structure", "Graph", "Diagram", "Modules", "Lineage", "Application"]),
    ("environment", &["Environment", "Env", "Stage", "Region", "VPC", "DevopsTool", "Sandbox", "Globe", "Location", "Network"]),
    ("cluster", &["Cluster", "Kubernetes", "K8s", "EKS", "GKE", "AKS", "Helm", "ArgoCD", "Argo", "Openshift", "Node2", "Workload", "Pod"]),
    ("doc", &["Docs", "Document", "File", "Confluence", "Notion", "ReadMe", "Page", "TextFile", "Markdown", "License", "GoogleDocs"]),
    ("runbook", &["Runbook", "Book", "Learn", "Guide", "Knowledge", "Backstage"]),
    ("cron", &["Clock", "Cron", "CronJob", "Schedule", "Calendar", "Timer", "TimeTravel", "Sprint", "History"]),
    ("package", &["Package", "Library", "Box", "NPM", "Docker", "Container", "Image", "Artifact", "Jfrog", "Component", "SDK"]),
    ("cloud", &["AWS", "Azure", "GCP", "GoogleCloud", "GoogleCloudPlatform", "Lambda", "Serverless", "Cloudflare", "Resource", "AmazonEKS", "EC2"]),
    ("incident", &["Incident", "Alert", "Alarm", "Alarm2", "Warning", "Bug", "PagerDuty", "OpsGenie", "Vulnerability", "Security", "Snyk", "Sonarqube", "Shield", "Sentry"]),
    ("chart", &["Metric", "Monitor", "Grafana", "Datadog", "Prometheus", "NewRelic", "Dashboard", "LineChart", "BarChart", "Analytics", "Dora"]),
    ("flag", &["Flag", "FeatureFlag", "FeatureFlags", "LaunchDarkly", "LaunchDarly", "Milestone", "Goal", "Target", "Initiative"]),
    ("pipeline", &["Pipeline", "Jenkins", "GitHubActions", "CircleCI", "BuildJob", "CICD", "Workflow", "Travis", "AzureDevOps", "GitlabCI"]),
    ("scorecard", &["Scorecards", "Scorecard", "Checklist", "Todo", "Task", "Jira", "Issue", "Linear", "Trello", "DefaultProperty", "Star"]),
    ("action", &["Action", "Lightning", "Automation", "Play", "Run", "SelfService", "Rocket", "Ansible"]),
    ("search", &["Search"]),
    ("link", &["Link", "LinkOut", "URL", "ThirdParty", "Plugin", "Slack", "Chat", "MicrosoftTeams", "Tool"]),
    ("git", &["Git", "GitHub", "GitLab", "Bitbucket", "GitVersion", "Repository", "PullRequest", "Branch", "Commit", "Terraform", "IaC", "Merge"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_drawn_once() {
        let icons = Icons::new();
        let mut seen = std::collections::BTreeSet::new();
        for (id, names) in PORT {
            assert!(icons.index.contains_key(id), "{id} is not drawn");
            for name in *names {
                assert!(seen.insert(name.to_ascii_lowercase()), "{name} is drawn twice");
            }
        }
        assert_eq!(icons.find(Some("NoSuchIcon")), icons.drawn(UNKNOWN));
        assert_eq!(icons.find(None), icons.drawn(UNKNOWN));
    }

    #[test]
    fn a_page_names_each_icon_once() {
        let icons = Icons::new();
        let mut used = Used::new(&icons);
        used.add_drawn("api");
        used.add_drawn("team");
        assert_eq!(used.add_drawn("api").as_str(), Some("api"));
        assert_eq!(used.drawings().len(), Some(2));
    }
}
