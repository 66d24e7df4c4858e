//! The shell commands in what is no shell script: Dockerfiles, task definitions, pods, buildspecs and workflows.
//!
//! Read by the lines of docs/machines.md, not by the rules of YAML.

/// The `RUN` instructions of a Dockerfile.
pub fn runs(dockerfile: &str) -> Vec<String> {
    let joined = dockerfile.replace("\\\n", "");
    joined.lines().filter_map(|line| line.strip_prefix("RUN ").map(str::to_owned)).collect()
}

/// The variables of a Dockerfile.
pub fn variables(dockerfile: &str) -> Vec<(&str, &str)> {
    dockerfile.lines().filter_map(|line| line.strip_prefix("ENV ")?.split_once('=')).collect()
}

/// What `sh -c` is given in a pod or a task definition.
pub fn shell_command(command: &str) -> String {
    let words: Vec<String> = serde_json::from_str(command).expect("a list of words");
    assert_eq!(words[..2], ["sh", "-c"]);
    words[2].clone()
}

/// The command of the first container of a pod.
pub fn pod_command(yaml: &str) -> String {
    shell_command(yaml.split_once("command: ").expect("a command").1.lines().next().expect("a line"))
}

/// The commands of all phases of a buildspec.
pub fn buildspec_commands(yaml: &str) -> String {
    yaml.lines().filter_map(|line| line.trim_start().strip_prefix("- ")).collect::<Vec<_>>().join("\n")
}

/// The script of a workflow's last step.
pub fn workflow_script(yaml: &str) -> &str {
    yaml.split_once("run: |\n").expect("a script").1
}
