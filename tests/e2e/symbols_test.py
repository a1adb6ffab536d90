#!/usr/bin/python3
"""No function of ours has the name of one in a library that we link: the linker would take one for the other, and say nothing."""
import os
import subprocess

from house_kit import PROGRAM, run_tests

# what the C library and the compiler give to every program
EVERYBODYS = {'_init', '_fini', '_start', 'main', '__bss_start', '_edata', '_end', 'data_start', '__data_start', '_IO_stdin_used'}


def names(*words):
    said = subprocess.run(['nm', '--defined-only', *words], capture_output=True, text=True, check=False).stdout
    return {line.split()[2].split('@')[0] for line in said.split('\n') if len(line.split()) == 3}


def no_name_is_taken_twice(folder):
    ours = {n for n in names('--extern-only', os.path.join(os.path.dirname(PROGRAM), 'libpostcircle.a')) if not n.startswith('__')}
    linked = subprocess.run(['ldd', PROGRAM], capture_output=True, text=True, check=True).stdout
    libraries = [line.split()[2] for line in linked.split('\n') if '=> /' in line]
    assert len(ours) > 500 and len(libraries) > 20, (len(ours), libraries)
    clashes = {os.path.basename(path): sorted((ours - EVERYBODYS) & names('--dynamic', path)) for path in libraries}
    clashes = {path: found for path, found in clashes.items() if found}
    assert not clashes, clashes


run_tests([no_name_is_taken_twice])
