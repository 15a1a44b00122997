# Copyright (c) 2026 The seki authors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs seki on the host, and reads its JSON."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

OPTIONS = dict(
    executable=dict(type='str', default='seki'),
)


def run(module, *words):
    """The status, output and errors of one command."""
    return module.run_command(
        [module.params['executable']] + list(words),
        environ_update={'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en'})


def read(module, *words):
    """The items of a command that answers in JSON; fails where it fails."""
    rc, out, err = run(module, *words)
    try:
        answer = json.loads(out)
    except ValueError:
        answer = None
    if answer is None or answer.pop('schema', None) != 1:
        module.fail_json(
            msg='seki %s: %s' % (' '.join(words), err.strip() or 'no answer'),
            rc=rc, stderr=err)
    return list(answer.values())[0], rc, err
