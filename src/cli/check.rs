//! `jieda check`: the mistakes in articles, for people, scripts and code review.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::{Exit, print, report};
use crate::article::{self, Code, Diagnostic, PATH_PART, Severity};
use crate::config::{self, Config, Overrides};

/// GitHub shows at most so many results of a SARIF file and refuses files with more.
const MAX_SARIF_RESULTS: usize = 5_000;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of the articles [default: articles]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// With the offending line, for people
    Text,
    /// One JSON document on stdout
    Json,
    /// SARIF 2.1.0 on stdout, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions on stdout
    Github,
}

pub(super) fn run(
    args: Args,
    load: impl FnOnce(Overrides) -> Result<Config, config::Error>,
) -> anyhow::Result<ExitCode> {
    let folder = load(Overrides { articles: args.dir, ..Overrides::default() })?.articles;
    let corpus = article::load::load(&folder, jiff::Zoned::now().date(), &|_, _| {})?;
    let findings = &corpus.diagnostics;
    match args.format {
        Format::Text => {
            report::write(findings, &folder)?;
            print::line(&verdict(findings, corpus.files))?;
        }
        Format::Json => print::line(&serde_json::to_string_pretty(&document(findings, corpus.files))?)?,
        Format::Sarif => print::line(&serde_json::to_string_pretty(&sarif(findings, &folder))?)?,
        Format::Github => {
            for finding in findings {
                print::line(&github(finding, &folder))?;
            }
        }
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { Exit::Findings.into() })
}

fn verdict(findings: &[Diagnostic], files: usize) -> String {
    let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
    let files = print::things(files, "file");
    match (errors, findings.len() - errors) {
        (0, 0) => format!("{files}: no findings"),
        (errors, warnings) => {
            format!("{files}: {}, {}", print::things(errors, "error"), print::things(warnings, "warning"))
        }
    }
}

fn document(findings: &[Diagnostic], files: usize) -> Value {
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let place = finding.place.as_ref();
            json!({
                "path": finding.path,
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "severity": finding.severity().to_string(),
                "code": finding.code.name(),
                "message": finding.message,
                "help": finding.help,
                "excerpt": place.map(|place| &place.excerpt),
            })
        })
        .collect();
    json!({ "version": 1, "files": files, "findings": findings })
}

fn sarif(findings: &[Diagnostic], folder: &Path) -> Value {
    let rules: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": { "text": code.description() },
                "defaultConfiguration": { "level": code.severity().to_string() },
            })
        })
        .collect();
    let results: Vec<Value> = findings
        .iter()
        .take(MAX_SARIF_RESULTS)
        .map(|finding| {
            let (line, column) = finding.place.as_ref().map_or((1, 1), |place| (place.line, place.column));
            let uri = article_path(folder, finding);
            json!({
                "ruleId": finding.code.name(),
                "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
                "level": finding.severity().to_string(),
                "message": { "text": advice(finding) },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": percent_encoding::utf8_percent_encode(&uri, PATH_PART).to_string() },
                    "region": { "startLine": line, "startColumn": column },
                }}],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "jieda",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn article_path(folder: &Path, finding: &Diagnostic) -> String {
    folder.join(&finding.path).display().to_string()
}

/// What is wrong and how to mend it, where there is no line for each.
fn advice(finding: &Diagnostic) -> String {
    match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    }
}

/// `::warning file=…,line=…,col=…,title=…::message`.
fn github(finding: &Diagnostic, folder: &Path) -> String {
    let (line, column) = finding.place.as_ref().map_or((1, 1), |place| (place.line, place.column));
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    format!(
        "::{} file={},line={line},col={column},title={}::{}",
        finding.severity(),
        property(&report::visible(&article_path(folder, finding))),
        property(finding.code.name()),
        data(&report::visible(&advice(finding)))
    )
}
