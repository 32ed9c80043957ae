//! A running program.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
    time::{Duration, Instant},
};

use super::PATIENCE;

/// The program, and a directory for its configuration and its log. Dropping it kills it.
pub(crate) struct Program {
    process: Child,
    said: Receiver<String>,
    directory: PathBuf,
    pub(crate) address: SocketAddr,
}

/// How a program ended that did not start to serve.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
}

impl Program {
    /// The playground on a free port.
    pub(crate) fn playground() -> Self {
        Self::start(&["--listen", "127.0.0.1:0"])
    }

    /// With a configuration, on a free port.
    pub(crate) fn configured(config: &str) -> Self {
        Self::limited("true", config)
    }

    /// The same, behind a line of shell that sets the limits of the process.
    pub(crate) fn limited(ulimit: &str, config: &str) -> Self {
        let directory = scratch();
        let file = directory.join("everwire.toml");
        fs::write(&file, format!("listen = \"127.0.0.1:0\"\n{config}")).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{ulimit} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_everwire")]);
        command.arg("--config").arg(file);
        Self::spawn(command, directory)
    }

    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_everwire"));
        command.args(arguments);
        Self::spawn(command, scratch())
    }

    fn spawn(mut command: Command, directory: PathBuf) -> Self {
        let log = File::create(directory.join("log")).unwrap();
        let mut process = undisturbed(&mut command).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let said = lines(process.stdout.take().unwrap());
        let mut program = Program { process, said, directory, address: SocketAddr::from(([0, 0, 0, 0], 0)) };
        program.address = program.listening();
        program
    }

    /// The next line on stdout.
    #[track_caller]
    pub(crate) fn says(&self) -> String {
        let line = self.said.recv_timeout(PATIENCE);
        line.unwrap_or_else(|_| panic!("it does not say that it listens:\n{}", self.log()))
    }

    /// The next address that it says it listens on.
    #[track_caller]
    pub(crate) fn listening(&self) -> SocketAddr {
        let line = self.says();
        let address = line.strip_prefix("listening on http://").map(str::parse);
        address.unwrap_or_else(|| panic!("what else does it say? {line}")).unwrap()
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap()
    }

    /// Waits until the log has these words in it.
    #[track_caller]
    pub(crate) fn logs(&self, words: &str) {
        until(|| self.log().contains(words), || format!("`{words}` is not in the log:\n{}", self.log()));
    }

    pub(crate) fn signal(&self, name: &str) {
        self.signals(&[name]);
    }

    /// One directly behind the other. By the shell: the standard library can only kill.
    pub(crate) fn signals(&self, names: &[&str]) {
        let lines: Vec<String> = names.iter().map(|name| format!("kill -{name} {}", self.id())).collect();
        let sent = Command::new("sh").args(["-c", &lines.join(" && ")]).status().unwrap();
        assert!(sent.success());
    }

    /// Signals, unless it has ended; whether it has.
    pub(crate) fn ends_on(&mut self, name: &str) -> bool {
        let has_ended = self.process.try_wait().unwrap().is_some();
        if !has_ended {
            self.signal(name);
        }
        has_ended
    }

    /// Waits for its end; the code is that of its exit. Nothing more was said on stdout.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> Option<i32> {
        let mut status = None;
        until(
            || {
                status = self.process.try_wait().unwrap();
                status.is_some()
            },
            || {
                format!(
                    "it does not end; its log:\n{}",
                    fs::read_to_string(self.directory.join("log")).unwrap()
                )
            },
        );
        assert_eq!(self.said.recv(), Err(mpsc::RecvError), "stdout is for where it listens");
        status.unwrap().code()
    }

    /// Asks it to end and sees that it does, in good order.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        assert_eq!(self.ends(), Some(0), "{}", self.log());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Runs it to an end that is to come by itself, with this text as the configuration file `broken.toml`.
pub(crate) fn run(arguments: &[&str], config: &str) -> Refusal {
    let directory = scratch();
    fs::write(directory.join("broken.toml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_everwire"));
    let output = undisturbed(&mut command).args(arguments).current_dir(&directory).output().unwrap();
    fs::remove_dir_all(directory).unwrap();
    let said = [output.stdout, output.stderr].concat();
    Refusal { code: output.status.code(), said: String::from_utf8(said).unwrap() }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(is_so: impl FnMut() -> bool, otherwise: impl FnOnce() -> String) {
    if !holds(is_so) {
        panic!("{}", otherwise());
    }
}

/// Whether something comes to be so.
pub(crate) fn holds(mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Without a developer's own settings.
fn undisturbed(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("EVERWIRE_") {
            command.env_remove(name);
        }
    }
    command.env_remove("RUST_LOG").stdin(Stdio::null())
}

fn scratch() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("binary-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&directory).unwrap();
    directory
}

fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    receiver
}
