//! `git http-backend` as a CGI program (git-http-backend(1), RFC 3875) behind the git service.

use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::answer::Answer;
use crate::call::Call;
use crate::git::Git;

/// Runs the backend for `path_info` below `project_root` and returns its answer.
///
/// `Git-Protocol` is not passed on: CodeCommit only supports version 0.
pub(crate) async fn run(git: &Git, project_root: &std::path::Path, path_info: &str, call: &Call) -> Answer {
    let mut command = git.command();
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", project_root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path_info)
        .env("QUERY_STRING", &call.query)
        .env("REQUEST_METHOD", &call.method)
        .env("CONTENT_TYPE", call.header("content-type").unwrap_or_default())
        .env("CONTENT_LENGTH", call.body.len().to_string())
        // The caller is authenticated by now, and http-backend accepts pushes only with a user name.
        .env("REMOTE_USER", "stand-in")
        .env("REMOTE_ADDR", "127.0.0.1");
    if let Some(encoding) = call.header("content-encoding") {
        command.env("HTTP_CONTENT_ENCODING", encoding);
    }
    match exchange(command, &call.body).await {
        Ok(output) => parse(&output).unwrap_or_else(|| internal_failure("git http-backend did not answer")),
        Err(error) => internal_failure(&format!("git http-backend could not be run: {error}")),
    }
}

/// Writes the body and reads the output at the same time, since either pipe may fill up first.
async fn exchange(command: std::process::Command, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut child = tokio::process::Command::from(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let mut stdout = child.stdout.take().expect("stdout is piped");
    let mut output = Vec::new();
    let feed = async move {
        // A backend that rejects the request early does not read its input; its answer counts.
        let _ = stdin.write_all(body).await;
    };
    let ((), read) = tokio::join!(feed, stdout.read_to_end(&mut output));
    read?;
    child.wait().await?;
    Ok(output)
}

/// Parses the CGI header; only `Status` and `Content-Type` are passed to the client.
fn parse(output: &[u8]) -> Option<Answer> {
    let end = output.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&output[..end]).ok()?;
    let mut answer = Answer::new(200, &output[end + 4..]);
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "status" => answer.status = value.get(..3)?.parse().ok()?,
            "content-type" => answer = answer.with("content-type", value),
            _ => {}
        }
    }
    Some(answer)
}

fn internal_failure(message: &str) -> Answer {
    // The only output that the author of a test sees.
    eprintln!("stand-in: {message}");
    Answer::coral_bare(500, "InternalFailure")
}
