#!/usr/bin/env bash
# The local autograder; see usage below. Works from any folder.
set -eu

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
hw1=$here/autograder/hw1_autograder

usage() {
    cat <<'END'
usage: ./grade.sh 1 [options]    grade problems 1.1 to 2.6 (--help lists the options)
       ./grade.sh m [options]    train on MNIST, check the result and make the plot

The last line of `./grade.sh 1` is the JSON that Autolab reads.

Exit status of 1: 0 when grading worked, whatever the score.
            of m: 0 when the result is what a correct solution gives, 1 when not.
            of both: 2 when the arguments are wrong.
END
}

case ${1-} in
    "" | -h | --help)
        usage
        ;;
    1)
        shift
        exec python3 "$hw1/runner.py" "$@"
        ;;
    m)
        shift
        exec python3 "$hw1/test_mnist.py" "$@"
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
