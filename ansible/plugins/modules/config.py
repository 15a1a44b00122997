#!/usr/bin/python
# Copyright (c) 2026 The seki authors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
module: config
short_description: Bring a host to a config of seki, with a way back
version_added: 1.0.0
description:
  - Commits a config, and confirms it over a connection that is made anew. A
    host that cannot be reached afterwards reverts by itself; the task waits for
    that, and fails.
  - The candidate that admins edit on the host is left alone.
options:
  config:
    description:
      - The whole config, in the words of C(seki.conf(5)).
      - One of O(config) and O(src) is required.
    type: str
  src:
    description:
      - A file with it, on the controller, searched for like that of
        M(ansible.builtin.copy).
    type: path
  timeout:
    description:
      - Seconds until the host reverts, unless it is confirmed.
    type: int
    default: 120
  confirm:
    description:
      - V(auto) confirms over a new connection.
      - V(manual) leaves the commit pending, for somebody to confirm.
      - V(now) commits without a way back.
    type: str
    choices: [auto, manual, now]
    default: auto
  force:
    description:
      - Commits also what seki refuses as unsafe, such as a config that cuts off
        the session which it comes by.
    type: bool
    default: false
  executable:
    description:
      - The program, by its path or as the host's C(PATH) finds it.
    type: str
    default: seki
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - ansible.builtin.action_common_attributes.flow
attributes:
  action:
    support: full
  async:
    support: none
  bypass_host_loop:
    support: none
  check_mode:
    support: full
  diff_mode:
    support: full
  platform:
    support: full
    platforms: posix
author:
  - The seki authors (@seki)
'''

EXAMPLES = r'''
- name: Forwards and firewall
  seki.host.config:
    src: "{{ inventory_hostname }}.conf"
  become: true

- name: The same, written here
  seki.host.config:
    timeout: 60
    config: |
      uplink eth0
      bridge lxcbr0 ula auto masquerade
      container web1
      forward tcp 80,443 to web1
      allow input tcp 22
      default input deny
'''

RETURN = r'''
statements:
  description: What differs from the config in force.
  returned: always
  type: list
  elements: dict
  contains:
    before:
      description: The statement as it was; null where there was none.
      type: str
    after:
      description: The statement as it is; null where it is gone.
      type: str
exposure:
  description: What the Internet can reach; C(change) is added, removed or same.
  returned: always
  type: list
  elements: dict
steps:
  description: What the kernel is told.
  returned: always
  type: list
  elements: str
notes:
  description: Warnings.
  returned: always
  type: list
  elements: str
number:
  description: The number of the config in the history.
  returned: when committed
  type: int
pending:
  description: Whether it still waits to be confirmed.
  returned: when committed
  type: bool
deadline:
  description: When it is reverted otherwise, in seconds since 1970.
  returned: when it waits
  type: int
'''

import os
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes
from ansible_collections.seki.host.plugins.module_utils import command


def keep(module, config):
    """The path of a file with that config."""
    handle, path = tempfile.mkstemp(dir=module.tmpdir, prefix='seki')
    with os.fdopen(handle, 'wb') as f:
        f.write(to_bytes(config))
    module.add_cleanup_file(path)
    return path


def statements(changes, side):
    lines = [change[side] for change in changes if change[side] is not None]
    return ''.join(line + '\n' for line in lines)


def look(module, path):
    """What the config would change, as a result of the module."""
    found = command.read(module, 'diff', '--file', path, '--json')[0][0]
    changes = found['changes']
    result = dict(
        changed=bool(changes or found['steps']),
        statements=changes,
        exposure=found['exposure'],
        steps=found['steps'],
        notes=found['notes'],
        diff=dict(before=statements(changes, 'before'),
                  after=statements(changes, 'after'),
                  before_header='in force', after_header='to commit'),
    )
    if found['refused'] is not None and not module.params['force']:
        module.fail_json(msg='seki would refuse it: ' + found['refused'],
                         **dict(result, changed=False))
    return result


def commit(module, path):
    words = ['commit', '--file', path, '--json']
    if module.params['confirm'] == 'now':
        words.append('--now')
    else:
        words += ['--confirm', str(module.params['timeout'])]
    if module.params['force']:
        words.append('--force')
    items, rc, err = command.read(module, *words)
    if rc != 0:
        module.fail_json(msg='in force in part only: ' + err.strip(), rc=rc,
                         stderr=err, **items[0])
    return items[0]


def main():
    module = AnsibleModule(
        argument_spec=dict(
            command.OPTIONS,
            config=dict(type='str'),
            src=dict(type='path'),
            timeout=dict(type='int', default=120),
            confirm=dict(type='str', choices=['auto', 'manual', 'now'],
                         default='auto'),
            force=dict(type='bool', default=False),
        ),
        mutually_exclusive=[('config', 'src')],
        required_one_of=[('config', 'src')],
        supports_check_mode=True,
    )
    if module.params['config'] is None:
        module.fail_json(msg='src is read by the action of this module, which '
                             'did not run')
    path = keep(module, module.params['config'])
    result = look(module, path)
    if result['changed'] and not module.check_mode:
        made = commit(module, path)
        result.update((name, made[name])
                      for name in ('number', 'pending', 'deadline'))
    module.exit_json(**result)


if __name__ == '__main__':
    main()
