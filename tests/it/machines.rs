//! The recipes of docs/machines.md: pasted with each git, in the environment that the machine sets, and CodeCommit sees
//! the credentials that the page says.
//!
//! `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, which ECS and CodeBuild set, is a path on 169.254.170.2. No test may ask
//! that address, so the tests set `AWS_CONTAINER_CREDENTIALS_FULL_URI`: the same request to a whole URL.

mod commands;
use crate::common::documents::{blocks, section};
use crate::common::{ACCOUNT, KEY_ID, Machine, REGION, Run, SECRET, TOKEN, calls, served, url, with_each_git};
use commands::{buildspec_commands, pod_command, runs, shell_command, variables, workflow_script};
use stand_in::{AccessKey, ImdsMode, Role, StandIn};
use std::time::{Duration, Instant};

const PAGE: &str = "docs/machines.md";
const ROLE: &str = "arn:aws:iam::111122223333:role/Runner";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Runner/machine";

/// With every git: an AWS that knows nobody, and a machine on which nothing is configured.
fn on_each_git(test: impl Fn(&StandIn, Machine)) {
    with_each_git(|git| {
        let aws = StandIn::start();
        aws.seed_repository(ACCOUNT, REGION, "billing");
        let machine = Machine::before(&aws).with_git(git).without("GIT_CONFIG_NOSYSTEM");
        let system = machine.path("etc/gitconfig").display().to_string();
        test(&aws, machine.file("etc/gitconfig", "").env("GIT_CONFIG_SYSTEM", &system));
    });
}

/// The machine's own paths, below the root of the test's.
fn placed(machine: &Machine, text: &str) -> String {
    let root = machine.path("").display().to_string();
    let places = ["/opt/", "/tmp/", "/run/secrets/"];
    places.iter().fold(text.to_owned(), |text, place| text.replace(place, &format!("@{place}"))).replace("@/", &root)
}

/// Pastes what the page says, as an operator with a shell would.
fn pasted(machine: Machine, commands: &str) -> Machine {
    let commands = placed(&machine, commands);
    machine.pasted(&commands)
}

/// The image of "A Docker image", as far as it concerns git.
fn image(machine: Machine) -> Machine {
    let run = runs(&blocks(PAGE, "## A Docker image", "dockerfile")[0]);
    pasted(machine, run.iter().find(|run| run.starts_with("git ")).expect("a command for git"))
}

/// `cargo install` of the recipes: the program is nowhere else until it has run.
fn with_cargo(machine: Machine) -> Machine {
    let program = machine.bin().join("git-credential-codecommit").display().to_string();
    let arguments = "install --quiet --locked --root $HOME/codecommit --git SOURCE git-credential-codecommit";
    machine.program(
        "cargo",
        &format!(
            "[ \"$*\" = \"{arguments}\" ] || exit 101\nmkdir -p ~/codecommit/bin && mv '{program}' ~/codecommit/bin"
        ),
    );
    machine
}

/// What `export PATH` of such a recipe does.
fn with_what_cargo_installed(machine: Machine) -> Machine {
    let path = format!("{}/codecommit/bin:{}:/usr/bin:/bin", machine.home().display(), machine.bin().display());
    machine.env("PATH", &path)
}

/// git fails on this machine with these words, and the page has them.
fn fails(machine: &Machine, heading: &str, code: &str, words: &str) -> Run {
    let page = section(PAGE, heading).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(code) && page.contains(words), "{heading} does not speak of {code}, {words}");
    let run = machine.git(&["ls-remote", &url("billing")]);
    assert!(run.status != 0 && run.stderr.contains(&format!("({code})")), "{}", run.transcript());
    assert!(run.stderr.contains(words), "{words}: {}", run.transcript());
    run
}

#[test]
fn the_configuration_by_hand_is_what_setup_does_for_the_standard_hosts() {
    let commands = blocks(PAGE, "## git's configuration", "sh");
    on_each_git(|aws, machine| {
        let machine =
            machine.file("home/.gitconfig", "[credential]\n\thelper = !aws codecommit credential-helper $@\n");
        let machine = pasted(machine, &commands[0]);
        // By hand it is called by its name.
        let list = |machine: &Machine| machine.by_name(&machine.git(&["config", "--list"]).succeeds().stdout);
        let before = list(&machine);
        let machine = pasted(pasted(machine, &commands[1]), &commands[1]);
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&list(&machine)), sorted(&before), "by hand, and twice, there is nothing left to do");
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, SESSION));
        machine.with_keys().git(&["ls-remote", &url("billing")]).succeeds();
        assert_eq!(served(aws), [SESSION]);
    });
}

#[test]
fn a_binary_for_another_libc_is_told_of_by_git_alone() {
    let told = &blocks(PAGE, "## The program", "text")[0];
    on_each_git(|_, machine| {
        let machine = image(machine);
        // To the kernel, a missing loader and a missing interpreter are the same.
        let program = machine.bin().join("git-credential-codecommit");
        std::fs::remove_file(&program).expect("to take the program away");
        machine.program("git-credential-codecommit", "");
        std::fs::write(&program, "#!/lib/ld-musl-of-another-system.so.1\n").expect("a program");
        let run = machine.git(&["ls-remote", &url("billing")]);
        let told = told.replace("/usr/local/bin/", &format!("{}/", machine.bin().display()));
        assert!(run.stderr.contains(told.trim_end()), "{}", run.transcript());
    });
}

#[test]
fn the_policies_are_json() {
    let mut seen = 0;
    for block in crate::common::documents::read(PAGE).split("```json\n").skip(1) {
        let block = block.split("```").next().expect("a block");
        serde_json::from_str::<serde_json::Value>(block).unwrap_or_else(|error| panic!("{error}: {block}"));
        seen += 1;
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn ec2() {
    let commands = blocks(PAGE, "## EC2", "sh");
    on_each_git(|aws, machine| {
        aws.set_instance_role("Runner", SESSION);
        let machine = machine
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.imds_url())
            .without("HOME");
        let machine = pasted(machine, &commands[0]);
        assert_eq!(served(aws), [SESSION]);
        assert_ne!(machine.git(&["config", "--global", "a.b", "c"]).status, 0, "as the page says, without HOME");
        let machine = machine.pasted(&commands[1]);
        aws.set_imds(ImdsMode::NoRole);
        fails(&machine, "## EC2", "CC201", "the instance has no IAM role");
        aws.set_imds(ImdsMode::Disabled);
        fails(&machine, "## EC2", "CC201", "disabled on this instance (HTTP 403)");
    });
}

#[test]
fn a_container_on_ec2_behind_a_hop_limit_of_one_waits_a_second_and_no_longer() {
    on_each_git(|aws, machine| {
        aws.set_imds(ImdsMode::Silent);
        let machine = image(machine)
            .env("AWS_EC2_METADATA_DISABLED", "false")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &aws.imds_url());
        let started = Instant::now();
        fails(&machine, "## EC2", "CC216", "IMDS hop limit of 1");
        let asked = aws.requests().into_iter().filter(|request| request.host == "imds").count();
        assert_eq!(asked, 1, "once, with a deadline of 900 ms");
        assert!(started.elapsed() < Duration::from_millis(2400), "{:?}", started.elapsed());
    });
}

#[test]
fn ecs() {
    let definition: serde_json::Value =
        serde_json::from_str(&blocks(PAGE, "## ECS and Fargate", "json")[0]).expect("JSON");
    let command = shell_command(&definition["containerDefinitions"][0]["command"].to_string());
    on_each_git(|aws, machine| {
        aws.set_container_role(SESSION, None);
        let machine = image(machine).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url());
        let machine = pasted(machine, &command);
        assert_eq!(served(aws), [SESSION]);
        let elsewhere = aws.container_url().replace("/creds", "/gone");
        let machine = machine.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &elsewhere);
        fails(&machine, "## ECS and Fargate", "CC215", "");
        let machine = machine.without("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        fails(&machine, "## ECS and Fargate", "CC201", "_FULL_URI are not set");
    });
}

#[test]
fn codebuild() {
    let commands = buildspec_commands(&blocks(PAGE, "## CodeBuild", "yaml")[0]);
    on_each_git(|aws, machine| {
        aws.set_container_role(SESSION, None);
        // What a build image may have: `setup` asks before it replaces this, and nobody answers.
        let machine = machine
            .file("etc/gitconfig", "[credential]\n\thelper = !aws codecommit credential-helper $@\n")
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url());
        let machine = pasted(machine, &commands);
        assert_eq!(served(aws), [SESSION]);
        // What the sh of Git for Windows makes of `/v2/credentials/…` (boto/botocore#1716).
        let machine = machine.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "C:/Program Files/Git/v2/credentials/x");
        fails(&machine, "## CodeBuild", "CC215", "not an absolute path");
    });
}

#[test]
fn eks_with_pod_identity() {
    let heading = "## EKS with pod identity";
    let associate = &blocks(PAGE, heading, "sh")[0];
    let command = pod_command(&blocks(PAGE, heading, "yaml")[0]);
    on_each_git(|aws, machine| {
        aws.set_container_role(SESSION, Some("pod-token"));
        let machine = image(machine).pasted(associate).file("var/run/secrets/token", "pod-token");
        let token = machine.path("var/run/secrets/token").display().to_string();
        let machine = machine
            .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &aws.container_url())
            .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token);
        let machine = pasted(machine, &command);
        assert_eq!(served(aws), [SESSION]);
        let machine = machine.file("var/run/secrets/token", "another-token");
        fails(&machine, heading, "CC215", "");
        let older =
            machine.without("AWS_CONTAINER_CREDENTIALS_FULL_URI").without("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        fails(&older, heading, "CC201", "_FULL_URI are not set");
    });
}

#[test]
fn eks_with_irsa() {
    let heading = "## EKS with IRSA";
    let command = pod_command(&blocks(PAGE, heading, "yaml")[0]);
    on_each_git(|aws, machine| {
        aws.add_role(Role::new(ROLE).trusting_web_identity("jwt"));
        aws.add_role(Role::new("arn:aws:iam::111122223333:role/Other").trusting_web_identity("another's"));
        let machine = image(machine).file("var/run/secrets/token", "jwt");
        let token = machine.path("var/run/secrets/token").display().to_string();
        let machine = machine.env("AWS_ROLE_ARN", ROLE).env("AWS_WEB_IDENTITY_TOKEN_FILE", &token);
        let machine = pasted(machine, &command);
        machine.git(&["ls-remote", &url("billing")]).succeeds();
        the_role_was_opened(aws);
        assert_eq!(calls(aws, "AssumeRoleWithWebIdentity"), 1, "and kept");

        let machine = machine.env("HOME", "/proc/nowhere");
        for _ in 0..2 {
            machine.run(&machine.bin().join("git"), &["ls-remote", &url("billing")], b"").succeeds();
        }
        assert_eq!(calls(aws, "AssumeRoleWithWebIdentity"), 3, "with nowhere to keep it");

        let machine = machine.file("var/run/secrets/token", "another's");
        fails(&machine, heading, "CC214", "AccessDenied");
        fails(&machine.env("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/token"), heading, "CC214", "cannot read");
    });
}

fn the_role_was_opened(aws: &StandIn) {
    let served = served(aws);
    assert!(!served.is_empty(), "nobody was let in");
    let session = "arn:aws:sts::111122223333:assumed-role/Runner/";
    assert!(served.iter().all(|principal| principal.starts_with(session)), "{served:?}");
}

#[test]
fn lambda() {
    let dockerfile = &blocks(PAGE, "## Lambda", "dockerfile")[0];
    let command = &blocks(PAGE, "## Lambda", "sh")[0];
    on_each_git(|aws, machine| {
        aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, SESSION));
        let build = runs(dockerfile).into_iter().filter(|run| run.starts_with("git ")).collect::<Vec<_>>();
        assert_eq!(build.len(), 1);
        let mut machine = pasted(machine, &build[0]);
        for (name, value) in variables(dockerfile) {
            let value = placed(&machine, value);
            machine = machine.env(name, &value);
        }
        let machine = machine
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN)
            .without("HOME");
        // Cold, and warm: the clone is still there.
        let machine = pasted(pasted(machine, command), command);
        assert_eq!(served(aws), [SESSION]);
        assert!(machine.path("tmp/.cache/git-credential-codecommit").is_dir(), "what was accepted is remembered");
        // Nowhere to write.
        let machine = machine.env("HOME", "/proc/nowhere").without("XDG_CACHE_HOME");
        machine.git(&["ls-remote", &url("billing")]).succeeds();
        fails(&machine.without("AWS_SESSION_TOKEN"), "## Lambda", "CC219", "");
    });
}

#[test]
fn github_actions_with_the_keys_that_configure_aws_credentials_exports() {
    let workflow = &blocks(PAGE, "### With configure-aws-credentials", "yaml")[0];
    on_each_git(|aws, machine| {
        aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, SESSION));
        let machine = machine
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN);
        pasted(with_cargo(machine), workflow_script(workflow));
        assert_eq!(served(aws), [SESSION]);
    });
}

#[test]
fn github_actions_with_the_token_alone() {
    let heading = "### With the token alone";
    let workflow = &blocks(PAGE, heading, "yaml")[0];
    let variables = workflow.split_once("env:\n").expect("variables").1.split("run: |").next().expect("variables");
    on_each_git(|aws, machine| {
        aws.add_role(Role::new(ROLE).trusting_web_identity("jwt"));
        aws.add_role(Role::new("arn:aws:iam::111122223333:role/Other").trusting_web_identity("another's"));
        let temp = machine.path("").display().to_string();
        // GitHub's own address answers with the token, and `jq` takes it out: both only as the recipe asks them.
        machine.program(
            "curl",
            "[ \"$*\" = '-sSf -H Authorization: bearer request-token https://token.example/?v=2&audience=sts.amazonaws.com' ] \
             || exit 22; echo '{\"count\":1,\"value\":\"jwt\"}'",
        );
        machine
            .program("jq", "[ \"$*\" = '-j .value' ] && printf %s \"$(sed 's/.*\"value\":\"\\([^\"]*\\)\".*/\\1/')\"");
        let mut machine = with_cargo(machine)
            .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")
            .env("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token.example/?v=2");
        for (name, value) in variables.lines().filter_map(|line| line.trim().split_once(": ")) {
            machine = machine.env(name, &value.replace("${{ runner.temp }}/", &temp));
        }
        // `shell: bash`, as GitHub runs it.
        let step = |machine: &Machine| {
            let script = workflow_script(workflow);
            machine.run("/bin/bash".as_ref(), &["--noprofile", "--norc", "-eo", "pipefail", "-c", script], b"")
        };
        step(&machine).succeeds();
        the_role_was_opened(aws);
        assert_eq!(calls(aws, "AssumeRoleWithWebIdentity"), 1);

        // Without `id-token: write` there is nothing to ask, and the step stops there.
        aws.forget();
        let machine = with_what_cargo_installed(machine).without("ACTIONS_ID_TOKEN_REQUEST_URL");
        machine.program("cargo", "");
        assert_eq!(step(&machine).status, 22);
        assert!(aws.requests().is_empty());
        let machine = machine.file("aws-token", "another's");
        std::fs::remove_dir_all(machine.path("home/.aws/cli")).expect("to forget the role");
        fails(&machine, heading, "CC214", "AccessDenied");
    });
}

#[test]
fn a_docker_image_with_credentials_from_outside() {
    let heading = "## A Docker image";
    let [start, give] = &blocks(PAGE, heading, "sh")[..] else { panic!("two commands") };
    let build = &blocks(PAGE, heading, "dockerfile")[1];
    on_each_git(|aws, machine| {
        aws.add_key(AccessKey::temporary("ASIAIOSFODNN7EXAMPLE", SECRET, TOKEN, SESSION));
        // `docker run` starts the command with the variables that were named, and with no others of AWS.
        machine.program(
            "docker",
            "shift; given=; while [ \"$1\" != IMAGE ]; do [ \"$1\" != -e ] || { given=\"$given $2\"; shift; }; shift; done; shift\n\
             for name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN; do\n\
             case \" $given \" in *\" $name \"*) ;; *) unset $name ;; esac; done\nexec \"$@\"",
        );
        let machine = image(machine)
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", TOKEN);
        let machine = pasted(machine, start);
        assert_eq!(served(aws), [SESSION]);
        let left = std::fs::read_to_string(machine.path("opt/billing/.git/config")).expect("the clone's configuration");
        assert!(!left.contains("ASIA") && !left.contains(SECRET), "{left}");
        let machine = machine.without("AWS_SESSION_TOKEN");
        fails(&machine, heading, "CC219", "");
        let machine = machine.without("AWS_SECRET_ACCESS_KEY");
        fails(&machine, heading, "CC203", "");
        let machine = machine.without("AWS_ACCESS_KEY_ID");
        fails(&machine, heading, "CC201", "");

        // The secret of a build, where BuildKit mounts it.
        std::fs::remove_dir_all(machine.path("opt")).expect("to forget the clone");
        aws.forget();
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, "arn:aws:iam::111122223333:user/ci"));
        let keys = format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
        let machine = machine.file("run/secrets/aws", &keys);
        let run = &runs(build)[0];
        let (mount, command) = run.split_once(' ').expect("an option and a command");
        assert_eq!(mount, "--mount=type=secret,id=aws,target=/run/secrets/aws");
        assert!(give.contains("--secret id=aws,src="), "{give}");
        pasted(machine, command);
        assert_eq!(served(aws), ["arn:aws:iam::111122223333:user/ci"]);
    });
}

#[test]
fn gitlab_ci_with_its_id_token() {
    let heading = "## GitLab CI";
    let job = &blocks(PAGE, heading, "yaml")[0];
    let script = buildspec_commands(job);
    let variables = job.split_once("variables:\n").expect("variables").1.split("  script:").next().expect("variables");
    on_each_git(|aws, machine| {
        aws.add_role(Role::new(ROLE).trusting_web_identity("jwt"));
        std::fs::create_dir_all(machine.path("tmp")).expect("a directory");
        let mut machine = image(machine).env("AWS_TOKEN", "jwt");
        for (name, value) in variables.lines().filter_map(|line| line.trim().split_once(": ")) {
            let value = placed(&machine, value);
            machine = machine.env(name, &value);
        }
        let machine = pasted(machine, &script);
        the_role_was_opened(aws);
        aws.add_role(Role::new("arn:aws:iam::111122223333:role/Other").trusting_web_identity("another's"));
        let machine = machine.file("tmp/aws-token", "another's");
        std::fs::remove_dir_all(machine.path("home/.aws/cli")).expect("to forget the role");
        fails(&machine, heading, "CC214", "AccessDenied");
    });
}

#[test]
fn a_docker_build_with_the_credentials_of_a_role() {
    let heading = "### Docker build with SSO";
    let command = &blocks(PAGE, heading, "sh")[0];
    let build = &runs(&blocks(PAGE, heading, "dockerfile")[0])[0];
    // BuildKit gives each secret that was passed to the command as a variable, and nothing else of the environment.
    let mounts: Vec<&str> = build.split_whitespace().take_while(|word| word.starts_with("--mount")).collect();
    let run = build.split_whitespace().skip(mounts.len()).collect::<Vec<_>>().join(" ");
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    for name in names {
        assert!(mounts.contains(&format!("--mount=type=secret,id={name},env={name}").as_str()), "{mounts:?}");
    }
    let unset =
        names.map(|name| format!("case $1 in *\"--secret id={name} \"*) ;; *) unset {name} ;; esac\n")).concat();
    let docker = format!("set -- \"$*\"\nunset AWS_PROFILE\n{unset}");
    // Version 1 has no `aws configure export-credentials`.
    for aws_cli in crate::differential::aws_clis().iter().filter(|aws_cli| aws_cli.is_version_2()) {
        on_each_git(|aws, machine| {
            aws.add_role(Role::new(ROLE).trusting("arn:aws:iam::111122223333:user/ci"));
            aws.add_key(AccessKey::long_term(KEY_ID, SECRET, "arn:aws:iam::111122223333:user/ci"));
            let machine = image(aws_cli.at_home_on(machine))
                .file(
                    "home/.aws/config",
                    &format!("[profile work]\nrole_arn = {ROLE}\nsource_profile = ci\nregion = {REGION}\n"),
                )
                .file(
                    "home/.aws/credentials",
                    &format!("[ci]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
                );
            aws_cli.put_on_the_path_of(&machine);
            // The image has none of the user's files.
            machine.program("docker", &placed(&machine, &format!("{docker}HOME=/tmp {run}")));
            pasted(machine, command);
            the_role_was_opened(aws);
        });
    }
}

#[test]
fn a_dev_container_is_configured_by_its_command() {
    let container: serde_json::Value =
        serde_json::from_str(&blocks(PAGE, "## Dev containers and Codespaces", "json")[0]).expect("JSON");
    let command = container["postCreateCommand"].as_str().expect("a command");
    on_each_git(|aws, machine| {
        aws.add_key(AccessKey::long_term(KEY_ID, SECRET, SESSION));
        // As VS Code leaves it: a helper of its own, for every host.
        let machine = machine.file("home/.gitconfig", "[credential]\n\thelper = \"!false\"\n");
        let machine = pasted(machine, command).with_keys();
        machine.git(&["ls-remote", &url("billing")]).succeeds();
        assert_eq!(machine.git(&["config", "--get", "credential.helper"]).stdout, "!false\n", "other hosts keep it");
        assert_eq!(served(aws), [SESSION]);
    });
}
