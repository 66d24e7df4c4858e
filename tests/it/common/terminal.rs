//! A pseudo-terminal for the tests that need one (`script` of util-linux). No other child of a test has any
//! (`tests/support/src/child.rs`).

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Far more than anything here takes, and far less than a person would wait.
const PATIENCE: Duration = Duration::from_mins(2);

/// Runs a shell's `line` at a terminal, and returns what the screen shows in the end. `script` is a command for that
/// program, with the environment of `line`. If the screen shows `prompt`, `answer` is typed.
pub fn at_a_terminal(script: Command, line: &str, prompt: &str, answer: &str) -> String {
    let answers = [(prompt, answer)];
    typed(script, line, if prompt.is_empty() { &[] } else { &answers }).0
}

/// The same with several prompts, each of which has to come behind what the one before has shown.
pub fn dialogue(script: Command, line: &str, answers: &[(&str, &str)]) -> String {
    let (screen, answered) = typed(script, line, answers);
    assert_eq!(answered, answers.len(), "not everything was asked\n{screen}");
    screen
}

/// What the screen shows in the end, and how many of the prompts came.
fn typed(mut script: Command, line: &str, answers: &[(&str, &str)]) -> (String, usize) {
    script.args(["--quiet", "--return", "--command", line, "/dev/null"]).env("SHELL", "/bin/sh");
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script of util-linux");
    // Open to the end: `script` would pass an end of input on, and whoever waits for input would go on.
    let mut keyboard = child.stdin.take().expect("a pipe");
    let mut output = child.stdout.take().expect("a pipe");
    let (sender, shown) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut bytes) {
            let _ = sender.send(bytes[..count].to_vec());
        }
    });
    let (mut screen, mut answered, mut seen) = (Vec::new(), 0, 0);
    let ends = Instant::now() + PATIENCE;
    loop {
        match shown.recv_timeout(ends.saturating_duration_since(Instant::now())) {
            Ok(bytes) => screen.extend(bytes),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                // The terminal goes with it, and everything that runs there gets a SIGHUP.
                let _ = child.kill().and_then(|()| child.wait());
                panic!("after {PATIENCE:?} something still waits at the terminal:\n{}", text(&screen));
            }
        }
        while let Some((prompt, answer)) = answers.get(answered) {
            let shown = text(&screen);
            let Some(at) = shown[seen..].find(prompt) else { break };
            seen += at + prompt.len();
            keyboard.write_all(answer.as_bytes()).expect("typed");
            answered += 1;
        }
    }
    child.wait().expect("an end");
    (text(&screen), answered)
}

fn text(screen: &[u8]) -> String {
    String::from_utf8_lossy(screen).replace('\r', "")
}

/// Runs tests of the running test program once more, at a terminal at which nobody types. They must pass, and the
/// screen must show nothing but that: no prompt.
#[track_caller]
pub fn nobody_is_asked_by(tests: &[&str]) {
    let own = std::env::current_exe().expect("a test program");
    // The first command shows that there is a terminal to be asked at.
    let line = format!(": </dev/tty && exec '{}' --color=never --exact {}", own.display(), tests.join(" "));
    let screen = at_a_terminal(stand_in::command("script"), &line, "", "");
    let mut shown: Vec<&str> =
        screen.lines().filter(|line| !line.is_empty() && !line.starts_with("running ")).collect();
    let summary = shown.pop().unwrap_or_default();
    shown.sort_unstable();
    let mut expected: Vec<String> = tests.iter().map(|test| format!("test {test} ... ok")).collect();
    expected.sort_unstable();
    assert_eq!(shown, expected, "{screen}");
    assert!(summary.starts_with(&format!("test result: ok. {} passed; 0 failed; ", tests.len())), "{screen}");
}
