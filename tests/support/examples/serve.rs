//! Runs a stand-in for experiments: prints the environment to use and runs until end of input.
//!
//! `cargo run -p stand-in --example serve` in one terminal, the printed lines in another.

use stand_in::{AccessKey, StandIn};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";

fn main() {
    let aws = StandIn::start();
    let key = AccessKey::long_term(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "arn:aws:iam::111122223333:user/alice",
    );
    aws.seed_repository(ACCOUNT, REGION, "demo");
    for (name, value) in aws.environment() {
        println!("export {name}='{value}'");
    }
    println!("export AWS_ACCESS_KEY_ID='{}' AWS_SECRET_ACCESS_KEY='{}'", key.id, key.secret);
    println!("git clone https://git-codecommit.{REGION}.amazonaws.com/v1/repos/demo");
    aws.add_key(key);
    // Stops at end of input. Ctrl-C also stops it, but leaves the temporary directory.
    let _ = std::io::read_to_string(std::io::stdin());
    for request in aws.requests() {
        println!("{} {} {}{}", request.status, request.method, request.host, request.path);
    }
}
