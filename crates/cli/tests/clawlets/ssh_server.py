"""An SSH server on loopback that runs what it is asked to, with the programs of one folder in front of all others.

Usage: ssh_server.py HOST_KEY AUTHORIZED_KEYS BIN. It prints its port, and ends with its standard input.
"""

import asyncio
import os
import sys

import asyncssh


async def run(process, folder):
    path = folder + ":" + os.environ["PATH"]
    child = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", process.command, env={"PATH": path},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, err = await child.communicate(await process.stdin.read())
    process.stdout.write(out)
    process.stderr.write(err)
    process.exit(child.returncode)


async def main(host_key, authorized, folder):
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=authorized, encoding=None,
        process_factory=lambda process: run(process, folder))
    print(server.get_port(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main(*sys.argv[1:]))
