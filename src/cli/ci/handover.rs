//! What one job hands to the next: outputs of the job where the CI system has them, else files in a folder that it keeps
//! between jobs.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::cli::Failure;
use crate::runtime::Job;
use crate::runtime::record::JobResult;

/// The folder, when `PORTAL_HANDOVER` names none.
const FOLDER: &str = ".portal-handover";

/// Returns what the job called `from` handed on as `name`: the variable `variable`, else the file of that job.
pub(super) fn read(job: &Job, variable: &str, from: &str, name: &str) -> Option<String> {
    if let Some(text) = job.variable(variable) {
        return Some(text.to_string());
    }
    let text = fs::read_to_string(folder(job).join(format!("{from}.json"))).ok()?;
    let members: Map<String, Value> = serde_json::from_str(&text).ok()?;
    match members.get(name)? {
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

/// Hands these texts, each of one line, on as those of the job `from`. Where they are files, one that is a word is a file
/// of its own, too, which the script of a job can read.
pub(super) fn write(job: &Job, from: &str, outputs: &[(&str, String)]) -> Result<(), Failure> {
    let failed = |path: &PathBuf, error: std::io::Error| {
        Failure::Other(format!("cannot write `{}`: {error}", path.display()))
    };
    if let Some(path) = job.variable("GITHUB_OUTPUT").map(PathBuf::from) {
        let lines: String = outputs.iter().map(|(name, text)| format!("{name}={text}\n")).collect();
        let file = OpenOptions::new().append(true).create(true).open(&path);
        return file
            .and_then(|mut file| file.write_all(lines.as_bytes()))
            .map_err(|error| failed(&path, error));
    }
    let folder = folder(job);
    let path = folder.join(format!("{from}.json"));
    let members = outputs.iter().map(|(name, text)| ((*name).to_string(), Value::from(text.as_str())));
    let text = Value::Object(members.collect()).to_string();
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, text))
        .map_err(|error| failed(&path, error))?;
    let word =
        |text: &str| text.len() < 20 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    for (name, text) in outputs.iter().filter(|(_, text)| word(text)) {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// Returns what became of the job called `from`: the variable `variable`, in which GitHub says it, else the file of that
/// job with the word in `{variable}_RESULT`.
///
/// # Errors
/// When the variable cannot be read.
pub(super) fn result(job: &Job, variable: &str, from: &str) -> Result<JobResult, Failure> {
    if let Some(text) = job.variable(variable) {
        return serde_json::from_str(text)
            .map_err(|error| Failure::Other(format!("{variable} cannot be read: {error}")));
    }
    let text = fs::read_to_string(folder(job).join(format!("{from}.json"))).unwrap_or_default();
    let outputs = serde_json::from_str(&text).unwrap_or_default();
    let result = job.variable(&format!("{variable}_RESULT")).unwrap_or("skipped").to_string();
    Ok(JobResult { result, outputs })
}

/// Adds Markdown to what people see of the job, where the CI system shows that.
pub(super) fn summarise(job: &Job, markdown: &str) -> Result<(), Failure> {
    let Some(path) = job.variable("GITHUB_STEP_SUMMARY").map(PathBuf::from) else { return Ok(()) };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(markdown.as_bytes()));
    written.map_err(|error| Failure::Other(format!("cannot write `{}`: {error}", path.display())))
}

fn folder(job: &Job) -> PathBuf {
    PathBuf::from(job.variable("PORTAL_HANDOVER").unwrap_or(FOLDER))
}
