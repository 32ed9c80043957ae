//! The program as it is built, started on a port of its own, and ended as an operator ends it.
// Several test programs share it, and none of them uses all of it.
#![allow(dead_code)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::shell::signal;

/// How long it may take to say where it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(20);
/// How long it may take to end after SIGTERM, with nobody connected any more.
const STOPS_WITHIN: Duration = Duration::from_secs(20);

/// A running server. Dropping it kills it; `stop` asks it to end, and sees to it that it ends well.
pub(crate) struct Server {
    process: Child,
    address: String,
    log: PathBuf,
}

impl Server {
    /// Starts it on a free port, with what it logs going to the file `log`, and waits until it listens.
    pub(crate) fn start(log: &Path) -> Result<Self, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_everwire"));
        command.args(["--listen", "127.0.0.1:0"]);
        Self::launch(command, log)
    }

    /// Builds an example of the library if need be, and starts it at a port that was free; it takes an address as
    /// its only argument, and says that it listens a moment before it does.
    pub(crate) fn example(name: &str, log: &Path) -> Result<Self, String> {
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--profile", profile, "--example", name])
            .status();
        if !built.as_ref().is_ok_and(ExitStatus::success) {
            return Err(format!("the example {name} is not built: {built:?}"));
        }
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let program = Path::new(env!("CARGO_BIN_EXE_everwire")).with_file_name("examples").join(name);
        let mut command = Command::new(program);
        command.arg(free.map_err(|error| format!("there is no free port: {error}"))?.to_string());
        let server = Self::launch(command, log)?;
        while TcpStream::connect(&server.address).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    fn launch(mut command: Command, log: &Path) -> Result<Self, String> {
        let file = File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        // A developer's own settings would make other transcripts.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EVERWIRE_") {
                command.env_remove(name);
            }
        }
        let mut process =
            command.spawn().map_err(|error| format!("the server cannot be started: {error}"))?;
        let said = announced(process.stdout.take().expect("standard output was asked to be a pipe"));
        let mut server = Self { process, address: String::new(), log: log.to_owned() };
        match said.recv_timeout(STARTS_WITHIN) {
            Ok(address) => server.address = address,
            Err(_) => return Err(server.described("the server has not said `listening on http://…`")),
        }
        Ok(server)
    }

    /// Where it listens, as `127.0.0.1:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Asks it to end, and says what is wrong where it doesn't, or not with status 0.
    pub(crate) fn stop(mut self) -> Result<(), String> {
        signal("TERM", &self.process.id().to_string());
        match self.ended() {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(self.described(&format!("after SIGTERM the server ended with {status}"))),
            None => Err(self.described("the server did not end after SIGTERM")),
        }
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + STOPS_WITHIN;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        None
    }

    fn described(&self, problem: &str) -> String {
        format!("{problem}; its log:\n{}", fs::read_to_string(&self.log).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends the address once it is announced, and reads on to the end, so that the server never waits for
/// room in the pipe. The channel closes without an address where the server ended before it listened.
fn announced(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once("listening on http://") {
                let address = rest.split(['/', ' ']).next().unwrap_or_default();
                let _ = sender.send(address.to_owned());
            }
        }
    });
    receiver
}
