#!/usr/bin/env bash
# The local autograder; see usage below. Works from any folder.
set -eu

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
autograder=$here/autograder

usage() {
    cat <<'END'
usage: ./grade.sh 1 [options]     grade problems 1.1 to 2.6 (--help lists the options)
       ./grade.sh m [options]     train on MNIST, check the result and make the plot
       ./grade.sh 1b [options]    grade the bonus: Adam, dropout and batch norm
       ./grade.sh 2 [options]     grade convolution and pooling

The last line of 1, 1b and 2 is the JSON that Autolab reads.

Exit status of 1, 1b, 2: 0 when grading worked, whatever the score.
            of m:        0 when the result is what a correct solution gives, 1 when not.
            of all:      2 when the arguments are wrong.
END
}

case ${1-} in
    "" | -h | --help)
        usage
        ;;
    1 | 1b | 2)
        homework=hw$1
        shift
        exec python3 "$autograder/${homework}_autograder/runner.py" "$@"
        ;;
    m)
        shift
        exec python3 "$autograder/hw1_autograder/test_mnist.py" "$@"
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
