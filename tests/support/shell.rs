//! One bash that is fed command after command, and tells where the output of each one ends.
// Several test programs share it, and none of them uses all of it.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::io::{PipeReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// What bash runs: commands come NUL-terminated on its standard input, which moves out of the way, so
/// that no command can swallow the next one. In its place stands a fifo that never says anything and
/// never ends, as a keyboard at which nobody types; at an end of file wscat would leave at once.
///
/// `npx` is a plain call here: the real one would fetch the newest version of a package from the
/// network, where the one that a lock file pins is on the path already.
const LOOP: &str = r#"
__mark=$1; mkfifo "$2" && exec 3<&0 0<>"$2" || exit
npx() { case "$1" in -y | --yes) shift ;; esac; "$@"; }
while IFS= read -r -d '' -u 3 __command; do
  eval "$__command" 3<&-
  printf '\n%s %d\n' "$__mark" "$?"
done
"#;

/// What a command wrote, both of its outputs in the order of writing, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) output: String,
}

/// Why there is no outcome. The shell is of no use afterwards.
#[derive(Debug)]
pub(crate) struct Stuck {
    pub(crate) why: &'static str,
    pub(crate) output: String,
}

/// A running bash; variables and background jobs carry over from command to command. Dropping it ends
/// it, and everything it has started.
pub(crate) struct Shell {
    bash: Child,
    commands: ChildStdin,
    output: Receiver<Vec<u8>>,
    unread: Vec<u8>,
    mark: String,
}

impl Shell {
    /// Starts bash in `directory`, with `path` as its `PATH` and `scratch`, an existing and empty
    /// directory, as its home: so nobody's own `.curlrc` has a say.
    pub(crate) fn start(directory: &Path, scratch: &Path, path: &OsStr) -> Self {
        let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let mark = format!("end-of-output-{}-{}", std::process::id(), since_epoch.as_nanos());
        let (reader, writer) = std::io::pipe().expect("a process may open a pipe");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-c", LOOP, "bash", &mark]).arg(scratch.join("silence"));
        command.current_dir(directory).env("PATH", path).env("HOME", scratch).env("LC_ALL", "C.UTF-8");
        command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        for name in ["BASH_ENV", "CURL_HOME", "XDG_CONFIG_HOME"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(writer.try_clone().expect("a pipe's end can be shared"));
        // A group of its own: so that ending it reaches its background jobs too.
        command.stderr(writer).process_group(0);
        let mut bash = command.spawn().expect("bash is installed");
        let commands = bash.stdin.take().expect("standard input was asked to be a pipe");
        Self { bash, commands, output: read_along(reader), unread: Vec::new(), mark }
    }

    /// Runs one command to its end, which has to come within `limit`.
    pub(crate) fn run(&mut self, command: &str, limit: Duration) -> Result<Outcome, Stuck> {
        let deadline = Instant::now() + limit;
        // Where bash has gone, the reading below says so.
        let _ =
            self.commands.write_all(format!("{command}\0").as_bytes()).and_then(|()| self.commands.flush());
        loop {
            if let Some(outcome) = self.finished() {
                return Ok(outcome);
            }
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.unread.extend(bytes),
                Err(RecvTimeoutError::Timeout) => return Err(self.stuck("the command did not end in time")),
                Err(RecvTimeoutError::Disconnected) => return Err(self.stuck("the shell has ended")),
            }
        }
    }

    fn finished(&mut self) -> Option<Outcome> {
        let end = format!("\n{} ", self.mark);
        let at = find(&self.unread, end.as_bytes())?;
        let behind = at + end.len();
        let newline = behind + find(&self.unread[behind..], b"\n")?;
        let status = String::from_utf8_lossy(&self.unread[behind..newline]);
        let status = status.parse().expect("the loop prints a number behind the mark");
        let output = String::from_utf8_lossy(&self.unread[..at]).into_owned();
        self.unread.drain(..=newline);
        Some(Outcome { status, output })
    }

    fn stuck(&self, why: &'static str) -> Stuck {
        Stuck { why, output: String::from_utf8_lossy(&self.unread).into_owned() }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        signal("KILL", &format!("-{}", self.bash.id()));
        let _ = self.bash.wait();
    }
}

/// Sends a signal to a process, or to a group where `target` has a minus in front. By bash: the standard
/// library can only kill, and the program `kill` isn't part of every system.
pub(crate) fn signal(name: &str, target: &str) {
    let script = r#"kill -s "$1" -- "$2""#;
    let mut command = Command::new("bash");
    // It fails where the process has ended already, which is as good.
    let _ = command.args(["-c", script, "bash", name, target]).stderr(Stdio::null()).status();
}

fn read_along(mut pipe: PipeReader) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
