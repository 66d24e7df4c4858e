# Short names for commands that work without just: https://just.systems
# Nothing in this repository needs just: type the commands of a recipe instead.

[private]
default:
    @just --list

# Run all checks, as before a change lands
check:
    .ci/run

# Run the checks that take hours
long:
    .ci/long

# Run the tests of the program
test *ARGUMENTS:
    cargo test {{ ARGUMENTS }}

# Show setup, clone, push and doctor without an AWS account
demo:
    cargo run --example demo

# Measure one get against /bin/true and the AWS CLI
bench:
    benches/compare.sh

# Fuzz one target; needs the nightly toolchain and cargo-fuzz
fuzz TARGET SECONDS="600":
    mkdir -p fuzz/scratch/{{ TARGET }}
    cargo +nightly fuzz run {{ TARGET }} fuzz/scratch/{{ TARGET }} fuzz/corpus/{{ TARGET }} -- -max_total_time={{ SECONDS }}

# List the fuzz targets
fuzz-targets:
    cargo +nightly fuzz list

# Rewrite man page, completions and examples after a change of words
docs:
    UPDATE_DOCS=1 cargo test --test it docs::

# Build and install for the current user
install *ARGUMENTS:
    ./install.sh {{ ARGUMENTS }}
