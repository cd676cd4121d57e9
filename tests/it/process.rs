//! The built program, run the way people run it: in a folder of its own, without terminal,
//! with nothing of ours in the environment.
//!
//! ```text
//! let desk = Desk::new(&[("articles/zh/a/login.md", "# 登录\n")]);
//! desk.run(&["reindex"]).expect(0);
//! let reply = desk.run(&["search", "登录", "--json"]).expect(0).json();
//! ```

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use jieda::index::IndexDir;
use tempfile::TempDir;

use crate::world;

/// The program under test.
pub(crate) const JIEDA: &str = env!("CARGO_BIN_EXE_jieda");

/// A folder to work in.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What a program said and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// A folder with these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self { folder: world::folder(files) }
    }

    /// A folder with these files, indexed.
    pub(crate) fn indexed(files: &[(&str, &str)]) -> Self {
        let desk = Self::new(files);
        desk.run(&["reindex"]).expect(0);
        desk
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        world::write(self.folder.path(), path, content);
    }

    /// The index in `index`, where the program puts it by default.
    pub(crate) fn index(&self) -> IndexDir {
        IndexDir::new(self.path("index"))
    }

    /// The generation that serves.
    pub(crate) fn serving(&self) -> String {
        self.index().current().unwrap().unwrap().generation
    }

    /// `jieda` with these arguments, not yet started.
    pub(crate) fn jieda(&self, args: &[&str]) -> Command {
        let mut command = self.program(JIEDA);
        command.args(args);
        command
    }

    /// Any program in this folder, not yet started.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env_clear().env("TERM", "xterm");
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `jieda` to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        finish(&mut self.jieda(args))
    }

    /// Runs `jieda` with these environment variables.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], args: &[&str]) -> Run {
        finish(self.jieda(args).envs(variables.iter().copied()))
    }

    /// Runs a shell script in which `"$@"` is `jieda` with these arguments.
    pub(crate) fn script(&self, script: &str, args: &[&str]) -> Run {
        finish(self.program("sh").args(["-c", script, "sh", JIEDA]).args(args))
    }

    /// Runs a shell script that may mount, in a namespace of its own.
    pub(crate) fn mounting_script(&self, script: &str, args: &[&str]) -> Run {
        // Root needs no user namespace, everybody else does.
        let may = finish(self.program("unshare").args(["-m", "mount", "-t", "tmpfs", "none", "."]));
        let flags = if may.code == Some(0) { "-m" } else { "-rm" };
        finish(self.program("unshare").args([flags, "sh", "-c", script, "sh", JIEDA]).args(args))
    }

    /// What is left of interrupted builds.
    pub(crate) fn left_overs(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.path("index/generations")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(".building-")).collect()
    }
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Run {
    match command.output() {
        Ok(output) => Run::from(output),
        Err(error) => {
            Run { code: None, signal: None, out: String::new(), err: format!("{command:?}: {error}") }
        }
    }
}

/// Waits for a started program.
pub(crate) fn wait(child: Child) -> Run {
    Run::from(child.wait_with_output().unwrap())
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            signal: output.status.signal(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Holds the exit code to this.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert!(!self.err.contains("panicked"), "{self:#?}");
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Holds stderr to containing this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "`{text}` is not said: {self:#?}");
        self
    }

    /// Stdout, which must be one JSON document and a line break.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        let document = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"));
        assert!(self.out.ends_with(['}', ']', '\n']), "{self:#?}");
        document
    }
}
