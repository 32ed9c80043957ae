//! That a page whose transcript is wrong is found out, in each of the ways in which it can be wrong.

use std::time::{Duration, Instant};

use super::{LIMIT, Scratch, is_run, run_steps, steps, wrong_status};

/// Checks a page as if a server listened at `10.9.8.7:65`: nothing here calls it.
fn failures(test: &str, page: &str, limit: Duration) -> Vec<String> {
    let steps = steps(page).unwrap();
    let scratch = Scratch::new(test);
    run_steps("page.md", &steps, "10.9.8.7:65", &scratch.0, limit)
}

#[test]
fn a_true_page_passes() {
    let page = "```console
$ printf 'no newline'
no newline
$ A=kept; echo to stderr >&2; echo done
to stderr
done
$ f() { echo \"it's $A $1\"; }
```
Later, in another block:
```console
$ f \\
    again
it's kept again
$ echo http://127.0.0.1:8080/x
http://127.0.0.1:8080/x
$ echo http://127.0.0.1:8080/x | tr -d .
http://10987:65/x
$ for i in 1 2 3; do echo line $i; done
line 1
…
$ npx -y printf '%s\\n' {1..3}
1
…
```
";
    assert_eq!(failures("true", page, LIMIT), [""; 0]);
}

#[test]
fn a_wrong_output_is_shown_with_its_place_and_its_difference() {
    let page = "\n```console\n$ echo a; echo http://127.0.0.1:8080; echo c\na\nhttp://127.0.0.1:8081\nc\n$ echo b\nb\n```\n";
    let wanted = "page.md:3: $ echo a; echo http://127.0.0.1:8080; echo c\n
- is what the document says, + is what came:
  a\n- http://127.0.0.1:8081\n+ http://127.0.0.1:8080\n  c\n";
    assert_eq!(failures("wrong", page, LIMIT), [wanted]);
}

#[test]
fn a_silent_failure_is_no_success() {
    let found =
        failures("silent", "```console\n$ (exit 7)\n$ eval 'if'\n$ no-such-command 2>&-\n```\n", LIMIT);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].contains("status 7") && found[2].contains("tests/run transcripts"), "{found:#?}");
}

#[test]
fn a_command_that_hangs_is_named_and_nothing_behind_it_is_run() {
    let page = "```console\n$ echo begun; sleep 1000\nbegun\n$ echo never\nnever\n```\n";
    let found = failures("hang", page, Duration::from_millis(500));
    assert_eq!(found, ["page.md:2: the command did not end in time\n$ echo begun; sleep 1000\nbegun\n"]);
}

#[test]
fn a_command_that_ends_the_shell_is_named() {
    let found = failures("exit", "```console\n$ exit\n$ echo never\n```\n", LIMIT);
    assert_eq!(found, ["page.md:2: the shell has ended\n$ exit\n"]);
}

#[test]
fn standard_input_is_silent_but_open_and_swallows_no_command() {
    // `read` returns more than 128 when it waited in vain, and 1 at an end of file.
    let page = "```console\n$ read -t 0.1; test $? -gt 128 && echo open\nopen\n$ echo next\nnext\n```\n";
    assert_eq!(failures("stdin", page, LIMIT), [""; 0]);
}

#[test]
fn a_background_job_carries_over_and_ends_with_the_shell() {
    let scratch = Scratch::new("pid");
    let file = scratch.0.join("pid");
    let page = format!(
        "```console\n$ sleep 1000 & echo $! > {0}\n$ kill -0 $(cat {0}) && echo alive\nalive\n```\n",
        file.display()
    );
    assert_eq!(failures("job", &page, LIMIT), [""; 0]);
    let pid = std::fs::read_to_string(file).unwrap();
    let process = format!("/proc/{}/stat", pid.trim());
    // Killed with its group; until its new parent has collected it, it is listed as a zombie.
    let ended = || std::fs::read_to_string(&process).map_or(true, |state| state.contains(") Z"));
    let deadline = Instant::now() + LIMIT;
    while !ended() {
        assert!(Instant::now() < deadline, "the job goes on without its shell");
        std::thread::yield_now();
    }
}

#[test]
fn only_what_was_told_to_stop_listening_may_time_out() {
    for (command, status, fine) in [
        ("curl x", 0, true),
        ("curl x", 28, false),
        ("curl -N -m 2 x", 28, true),
        ("curl -N --max-time 2 x", 28, true),
        ("timeout 2 curl x", 124, true),
        ("curl x", 124, false),
        ("timeout 2 curl x", 7, false),
    ] {
        assert_eq!(wrong_status(command, status).is_none(), fine, "{command} with {status}");
    }
}

#[test]
fn only_what_is_listed_is_not_run() {
    for (command, run) in [
        ("cargo run", false),
        ("cargo", false),
        ("git clone x && cd x", false),
        ("tests/run quick", false),
        ("cargonaut x", true),
        ("git log", true),
        ("curl cargo", true),
    ] {
        let steps = steps(&format!("```console\n$ {command}\n```\n")).unwrap();
        assert_eq!(is_run(&steps[0]), run, "{command}");
    }
}
