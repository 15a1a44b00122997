# Copyright (c) 2026 The seki authors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits on the host, and confirms over a connection that is made anew."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import shlex
import time

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.action import ActionBase

AGAIN = 2  # seconds between attempts
AFTER = 15  # seconds that a revert may take


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _supports_async = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        super(ActionModule, self).run(tmp, task_vars)
        args = self._arguments()
        result = self._execute_module(module_name='seki.host.config',
                                      module_args=args, task_vars=task_vars)
        if (result.get('pending') and not result.get('failed') and
                args.get('confirm', 'auto') == 'auto'):
            self._settle(args, result)
        return result

    def _arguments(self):
        """Those of the task, with the file on this side read."""
        args = dict(self._task.args)
        src = args.pop('src', None)
        if src is None:
            return args
        if args.get('config') is not None:
            raise AnsibleActionFail('config and src exclude each other')
        path = self._find_needle('files', src)
        with open(path, 'rb') as f:
            args['config'] = to_text(f.read(), errors='surrogate_or_strict')
        return args

    def _settle(self, args, result):
        """Confirms the commit; fails with what became of it otherwise."""
        number = result['number']
        end = time.time() + int(args.get('timeout', 120))
        seki = args.get('executable', 'seki')
        why = None
        while time.time() < end:
            try:
                self._reconnect()
                done = self._say(seki, 'confirm', str(number))
            except AnsibleConnectionFailure as e:
                why = why or 'no new connection came about: %s' % to_text(e)
            else:
                if done['rc'] == 0:
                    result.update(pending=False, deadline=None)
                    return
                why = why or to_text(done['stderr'] or done['stdout']).strip()
            time.sleep(AGAIN)
        result.update(failed=True, changed=False, pending=False,
                      msg='%s; %s' % (self._outcome(seki, number), why))

    def _outcome(self, seki, number):
        """What the host says once its time is up."""
        end = time.time() + AFTER
        said = 'the host is not reachable, though commit #%s should have been reverted by now' % number
        while time.time() < end:
            try:
                self._reconnect()
                status = json.loads(self._say(seki, 'show', 'status', '--json')['stdout'])['status'][0]
            except (AnsibleError, ValueError, KeyError):
                status = None
            if status is not None and status['number'] != number:
                return status['last'] or 'commit #%s is no longer pending' % number
            if status is not None:
                said = 'commit #%s is still pending' % number
            time.sleep(AGAIN)
        return said

    def _reconnect(self):
        """Closes what is open, also the master that ssh shares: a new login is
        what proves that one is possible."""
        try:
            self._connection.reset()
        except AttributeError:
            self._connection.close()

    def _say(self, *words):
        line = ' '.join(shlex.quote(word) for word in words)
        return self._low_level_execute_command('LC_ALL=C.UTF-8 ' + line)
