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
       ./grade.sh 3 [options]     grade the recurrent cell
       ./grade.sh bioeng|layers|logistic|ffn [options]   grade a homework that stands alone

The last line of all but m is the JSON that Autolab reads.

Exit status of m:           0 when the result is what a correct solution gives, 1 when not.
            of the others:  0 when grading worked, whatever the score
                            (unless --fail-under asks for 1).
            of all:         2 when the arguments are wrong.
END
}

case ${1-} in
    "" | -h | --help)
        usage
        ;;
    m)
        shift
        runner=$autograder/hw1_autograder/test_mnist.py
        [[ -f $runner ]] || { echo "grade.sh: problem m is of homework 1, which is not in this folder" >&2; exit 2; }
        exec python3 "$runner" "$@"
        ;;
    *)
        for homework in "hw$1" "$1"; do
            runner=$autograder/${homework}_autograder/runner.py
            if [[ $1 =~ ^[a-z0-9]+$ && -f $runner ]]; then
                shift
                exec python3 "$runner" "$@"
            fi
        done
        echo "grade.sh: there is no homework '$1'" >&2
        usage >&2
        exit 2
        ;;
esac
