"""Entry point, run as `python -I main.py …` by the runner.

  main.py SOCKET [--learned FILE]   the zygote: serves the protocol at the head of zygote.py on a unix socket
  main.py --print-seccomp           the filter of seccomp.py as raw BPF, for bubblewrap's --seccomp
"""

import os
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(arguments: list[str]) -> None:
    if arguments == ["--print-seccomp"]:
        from launcher import seccomp

        sys.stdout.buffer.write(seccomp.program())
        return
    from launcher import preload, zygote

    preload.single_threaded()
    learned = arguments[arguments.index("--learned") + 1] if "--learned" in arguments else None
    zygote.serve(arguments[0], learned)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.path.append(HERE)  # last: scrydon is that of the environment, which sandboxes show
    run(sys.argv[1:])
