#!/bin/sh
# Compares whole processes: `get` with keys in the environment, a profile's keys, a role and an SSO role cached by the AWS
# CLI, and a credential_process, with /bin/true and, if installed, the AWS CLI's helper. Prints medians, their ratios, and
# peak memory.
#
#   benches/compare.sh [RUNS]        RUNS of each of our commands, 500 if not given; the AWS CLI gets a 20th
#   AWS=/path/to/aws benches/compare.sh      for another AWS CLI; the shim of a version manager adds time
#   MARKS=30000 benches/compare.sh           with the marks of that many other repositories
#
# CodeCommit has recently accepted an answer for the repository, as from the second git command on: no request is sent.
# Times need hyperfine 1.16, memory GNU time in /usr/bin/time; what is not installed is left out.
set -eu

runs=${1:-500}
cd "$(dirname "$0")/.."
cargo build --release --quiet --bin git-credential-codecommit
helper=${CARGO_TARGET_DIR:-$PWD/target}/release/git-credential-codecommit
aws=$(command -v "${AWS:-aws}" || true)
true=/bin/true
[ -x "$true" ] || true=/usr/bin/true

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

request=$scratch/request
printf 'protocol=https\nhost=git-codecommit.eu-west-1.amazonaws.com\npath=v1/repos/demo\n' >"$request"
id=AKIAIOSFODNN7EXAMPLE
secret=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
# A home directory for each case.
mkdir -p "$scratch/keys" "$scratch/profile/.aws" "$scratch/process/.aws"
mkdir -p "$scratch/role/.aws/cli/cache" "$scratch/sso/.aws/cli/cache"
printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' $id $secret >"$scratch/profile/.aws/credentials"
printf '[default]\ncredential_process = %s/process/keys\n' "$scratch" >"$scratch/process/.aws/config"
cat >"$scratch/process/keys" <<END
#!/bin/sh
echo '{"Version": 1, "AccessKeyId": "$id", "SecretAccessKey": "$secret"}'
END
chmod +x "$scratch/process/keys"
cat >"$scratch/role/.aws/config" <<END
[default]
role_arn = arn:aws:iam::111122223333:role/Developer
source_profile = base
[profile base]
aws_access_key_id = $id
aws_secret_access_key = $secret
END
cat >"$scratch/sso/.aws/config" <<'END'
[default]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
END
kept="{\"AccessKeyId\": \"$id\", \"SecretAccessKey\": \"$secret\", \"SessionToken\": \"token\","
kept="$kept \"Expiration\": \"2099-01-01T00:00:00Z\"}"
# The AWS CLI names these files after the SHA-1 of `{"RoleArn": "arn:aws:iam::111122223333:role/Developer"}` and
# `{"accountId":"111122223333","roleName":"Developer","sessionName":"corp"}`.
echo "{\"Credentials\": $kept}" >"$scratch/role/.aws/cli/cache/2f07c7f61071bdd4091e91ac1e3a80d6d949dbce.json"
echo "{\"ProviderType\": \"sso\", \"Credentials\": $kept}" >"$scratch/sso/.aws/cli/cache/6b17aaa4b7ddc1fd491e01d5f64d4b66d9e2b04c.json"

# with_environment CASE COMMAND... No proxy listens at that port, so no request leaves the machine.
with_environment() (
    case=$1
    shift
    [ "$case" != keys ] || set -- AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret "$@"
    exec env -i PATH="$PATH" HOME="$scratch/$case" XDG_CACHE_HOME="$scratch/cache" HTTPS_PROXY=http://127.0.0.1:9 \
        AWS_EC2_METADATA_DISABLED=true "$@"
)

# git's calls for a first success: `get`, then `store` with the answer. Also checks that there is an answer, since a helper
# that fails would be measured, too, and be fast.
for case in keys profile role sso process; do
    with_environment "$case" "$helper" get <"$request" >"$scratch/answer"
    grep -q '^password=' "$scratch/answer"
    cat "$request" "$scratch/answer" | with_environment "$case" "$helper" store
done

# After an answer that is newer than the last acceptance, the next `get` asks CodeCommit. So each answer is accepted, as by
# git's `store`.
stored=$scratch/stored
marks=$scratch/cache/git-credential-codecommit/marks
# By name, not by a pattern: a command line has no room for all marks.
accepted=$(cd "$marks" && echo *.accepted)
printf '#!/bin/sh\ncd %s && rm -f -- *.pending && touch %s\n' "$marks" "$accepted" >"$stored"
mark=0
while [ "$mark" -lt "${MARKS:-0}" ]; do
    name=$(printf '%s/%032x' "$marks" "$mark")
    : >"$name.answered"
    : >"$name.accepted"
    mark=$((mark + 1))
done
chmod +x "$stored"

# measure CASE NAME RUNS COMMAND: appends `NAME,median of COMMAND,median of true` to the table. Both are measured
# in one run, since the speed of a machine drifts.
measure() {
    with_environment "$1" hyperfine --shell=none --style=none --warmup=5 --runs="$3" --input="$request" \
        --prepare="$stored" --export-csv="$scratch/csv" "$true" "$4" >/dev/null 2>"$scratch/hyperfine" || {
        cat "$scratch/hyperfine" >&2
        exit 1
    }
    awk -F, -v name="$2" 'NR == 2 { true = $4 } NR == 3 { print name "," $4 "," true }' "$scratch/csv" >>"$scratch/table"
}

if hyperfine --help 2>/dev/null | grep -q -e --input; then
    measure keys "keys in the environment" "$runs" "'$helper' get"
    measure profile "keys of a profile" "$runs" "'$helper' get"
    measure role "role that is kept" "$runs" "'$helper' get"
    measure sso "SSO role that is kept" "$runs" "'$helper' get"
    measure process "credential_process (sh)" "$runs" "'$helper' get"
    measure keys "keys; --verify never" "$runs" "'$helper' --verify never get"
    measure profile "profile; --verify never" "$runs" "'$helper' --verify never get"
    if [ -n "$aws" ]; then
        measure profile "AWS CLI; keys of a profile" "$((runs / 20 + 2))" "'$aws' codecommit credential-helper get"
    fi
    awk -F, '{
        name[NR] = $1; median[NR] = $2; base[NR] = $3
        if ($1 ~ /^AWS CLI/) cli = $2
    } END {
        printf "%-28s %12s %14s %18s\n", "", "median", "against true", "AWS CLI against it"
        for (row = 1; row <= NR; row++)
            printf "%-28s %9.2f ms %13.2fx %18s\n", name[row], median[row] * 1000, median[row] / base[row],
                cli && row < NR ? sprintf("%.0fx", cli / median[row]) : ""
    }' "$scratch/table"
else
    echo "compare.sh: no hyperfine 1.16 or later, so no times (apt-get, brew or cargo install hyperfine)" >&2
fi

if /usr/bin/time -f %M true 2>/dev/null; then
    for case in keys profile role sso process; do
        "$stored"
        with_environment "$case" /usr/bin/time -f "peak memory, $case: %M KiB" "$helper" get <"$request" 2>&1 >/dev/null
    done
else
    echo "compare.sh: no GNU time, so no memory (apt-get install time)" >&2
fi
